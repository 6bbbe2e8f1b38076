import fc from 'fast-check'
import t from 'tap'
import {
  type Followed,
  isSyntheticRoom,
  mayConverse,
  mayKeepPeople,
  requireConversation,
} from '../../src/auth/grants.ts'
import type { Identity } from '../../src/auth/identity.ts'

const ids = fc.constantFrom('a', 'b', 'c')
const regions = fc.constantFrom('north', 'south')
const identity: fc.Arbitrary<Identity> = fc.record({
  person: ids,
  role: fc.constantFrom('jobseeker', 'advisor', 'supervisor', 'operator'),
  name: fc.constant('somebody'),
  region: regions,
})
const followed: fc.Arbitrary<Followed> = fc.record({
  id: ids,
  region: regions,
  advisor: fc.option(ids, { nil: undefined }),
  disabled: fc.boolean(),
})

t.test('nobody but the jobseeker and their own advisor of the region reaches a conversation', async (t) => {
  fc.assert(
    fc.property(identity, followed, (who, jobseeker) => {
      const isSelf = who.role === 'jobseeker' && who.person === jobseeker.id
      const isAdvisor = who.role === 'advisor' && who.person === jobseeker.advisor
      const expected = !jobseeker.disabled && who.region === jobseeker.region && (isSelf || isAdvisor)
      return mayConverse(who, jobseeker) === expected
    }),
    { numRuns: 2_000 },
  )
  t.pass('2,000 cases')
})

t.test('supervisors and operators take part in no conversation at all', async (t) => {
  fc.assert(
    fc.property(identity, followed, (who, jobseeker) =>
      who.role === 'supervisor' || who.role === 'operator' ? !mayConverse(who, jobseeker) : true,
    ),
  )
  t.pass()
})

t.test('an unknown jobseeker and a stranger’s are refused alike', async (t) => {
  const stranger: Identity = { person: 'a', role: 'advisor', name: 'A', region: 'north' }
  const other: Followed = { id: 'j', region: 'north', advisor: 'b', disabled: false }
  const messages = [undefined, other].map((jobseeker) => {
    try {
      requireConversation(stranger, jobseeker)
      return 'allowed'
    } catch (error) {
      return String(error)
    }
  })
  t.equal(messages[0], messages[1])
  t.not(messages[0], 'allowed')
})

t.test('people are kept by the supervisors of the same region only', async (t) => {
  const supervisor: Identity = { person: 's', role: 'supervisor', name: 'S', region: 'north' }
  t.ok(mayKeepPeople(supervisor, 'north'))
  t.notOk(mayKeepPeople(supervisor, 'south'))
  for (const role of ['jobseeker', 'advisor', 'operator'] as const)
    t.notOk(mayKeepPeople({ ...supervisor, role }, 'north'))
})

t.test('a synthetic room can be told from a person’s', async (t) => {
  t.ok(isSyntheticRoom('synthetic-1'))
  t.notOk(isSyntheticRoom('jobseeker-1'))
  t.notOk(isSyntheticRoom('a-synthetic-1'))
})
