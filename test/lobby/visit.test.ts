import fc from 'fast-check'
import t from 'tap'
import { type Act, after, inOrder, placeOf, type Visit, type Visitor } from '../../src/lobby/visit.ts'

const jeanne: Visitor = { room: 'jeanne', person: 'jeanne', name: 'Jeanne', role: 'jobseeker', advisor: 'anne' }
const arrive = (visitor = jeanne): Act => ({ type: 'arrive', visitor })
const admit: Act = { type: 'admit', by: 'anne' }
const remove: Act = { type: 'remove', by: 'anne' }
const leave: Act = { type: 'leave' }
const forget: Act = { type: 'forget' }
const through = (...acts: Act[]): Visit | undefined =>
  acts.reduce<Visit | undefined>((visit, act, n) => after(visit, act, n + 1), undefined)

t.test('each act in each state', async (t) => {
  const waiting = through(arrive())
  const admitted = through(arrive(), admit)
  const removed = through(arrive(), remove)
  const table: [state: string, Visit | undefined, Record<Act['type'], string>][] = [
    [
      'none',
      undefined,
      { arrive: 'waiting', admit: 'GONE', remove: 'GONE', leave: 'none', forget: 'none', follow: 'none' },
    ],
    [
      'waiting',
      waiting,
      { arrive: 'waiting', admit: 'admitted', remove: 'removed', leave: 'none', forget: 'none', follow: 'waiting' },
    ],
    [
      'admitted',
      admitted,
      { arrive: 'admitted', admit: 'admitted', remove: 'removed', leave: 'none', forget: 'none', follow: 'admitted' },
    ],
    [
      'removed',
      removed,
      {
        arrive: 'FORBIDDEN',
        admit: 'CONFLICT',
        remove: 'removed',
        leave: 'removed',
        forget: 'removed',
        follow: 'removed',
      },
    ],
  ]
  const acts: Record<Act['type'], Act> = {
    arrive: arrive(),
    admit,
    remove,
    leave,
    forget,
    follow: { type: 'follow', advisor: 'bruno' },
  }
  for (const [state, visit, expected] of table) {
    for (const [type, outcome] of Object.entries(expected)) {
      const found = () => after(visit, acts[type as Act['type']], 9)?.state ?? 'none'
      if (outcome === outcome.toUpperCase()) t.throws(found, { code: outcome }, `${type} when ${state}`)
      else t.equal(found(), outcome, `${type} when ${state}`)
    }
  }
})

t.test('whoever arrives again has the same place, whatever the time', async (t) => {
  const first = through(arrive())
  t.equal(after(first, arrive(), 999_999_999), first)
  t.match(through(arrive(), admit, arrive()), { state: 'admitted', by: 'anne', arrivedAt: 1 })
  t.match(through(arrive(), leave, arrive()), { arrivedAt: 3 }, 'but not whoever gave it up')
  t.match(through(arrive(), { type: 'follow', advisor: 'bruno' }), { advisor: 'bruno', arrivedAt: 1 })
})

t.test('places are 1 to n without a gap in the order of arrival, for each advisor', async () => {
  const visit = fc.record({
    person: fc.uuid(),
    advisor: fc.constantFrom('anne', 'bruno'),
    arrivedAt: fc.nat(20),
    state: fc.constantFrom<Visit['state']>('waiting', 'waiting', 'admitted', 'removed'),
    role: fc.constantFrom<Visit['role']>('jobseeker', 'jobseeker', 'guest'),
  })
  fc.assert(
    fc.property(fc.uniqueArray(visit, { selector: ({ person }) => person, maxLength: 30 }), (made) => {
      const visits = made.map((each) => ({ ...each, room: each.person, name: 'x', changedAt: each.arrivedAt }))
      for (const advisor of ['anne', 'bruno']) {
        const line = inOrder(visits).filter(
          ({ advisor: of, state, role }) => of === advisor && state === 'waiting' && role === 'jobseeker',
        )
        const places = line.map((each) => placeOf(each, visits))
        if (places.some((place, n) => place !== n + 1)) return false
      }
      return visits.every(
        (each) => (placeOf(each, visits) === undefined) === (each.state !== 'waiting' || each.role === 'guest'),
      )
    }),
  )
})
