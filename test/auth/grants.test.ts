import fc from 'fast-check'
import t from 'tap'
import {
  type Act,
  type Covering,
  isColleague,
  isSyntheticRoom,
  may,
  mayChangeReply,
  mayKeepPeople,
  mayOnlyCheck,
  mayOperate,
  maySuperviseRegion,
  mayTakePart,
  mayUseReplies,
  type ReplyOwner,
  requireConversation,
  type Subject,
} from '../../src/auth/grants.ts'
import type { Identity } from '../../src/auth/identity.ts'
import { isReserved } from '../../src/enrolment/person.ts'

const acts: readonly Act[] = [
  'converse',
  'enterRoom',
  'keepNotes',
  'viewPerson',
  'viewQueue',
  'keepQueue',
  'keepPerson',
  'keepCovers',
  'viewAudit',
  'transfer',
]
const roles = ['jobseeker', 'advisor', 'supervisor', 'operator'] as const
const ids = ['a', 'b', 'c', 'd', 'e']
const anyId = fc.constantFrom(...ids)
const anyRegion = fc.constantFrom('north', 'north', 'north', 'south')
const anyTeam = fc.option(fc.constantFrom('red', 'blue'), { nil: undefined, freq: 3 })
const moment = fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)

/** The first in one case of eight. An integer's ends would come much more often. */
const seldom = <T>(rare: T, usual: T) => fc.constantFrom(rare, ...Array.from({ length: 7 }, () => usual))

/** The same ids in both regions: they are different people. */
const population = fc.uniqueArray(
  fc.record({
    id: anyId,
    role: fc.constantFrom('jobseeker', 'jobseeker', 'advisor', 'advisor', 'supervisor', 'operator'),
    region: anyRegion,
    team: anyTeam,
    advisor: fc.option(anyId, { nil: undefined, freq: 5 }),
    disabled: seldom(true, false),
    leftAt: seldom(1, undefined),
  }),
  { size: 'max', selector: ({ id, region }) => `${region}/${id}`, minLength: 4, maxLength: 10 },
) as fc.Arbitrary<Subject[]>
/** By somebody of the population, for an advisor whom somebody of it names; sometimes told of the other region. */
const drawnCovers = fc.array(
  fc.record({
    of: fc.nat(9),
    by: fc.nat(9),
    astray: fc.constantFrom(true, false, false, false),
    from: fc.constantFrom(0, 1, 2, 4, 8),
    until: fc.constantFrom(1, 3, 6, 9),
    endedAt: fc.constantFrom(undefined, undefined, 3, 6),
  }),
  { maxLength: 12, size: 'max' },
)

/** Mostly somebody of the population as the record has them; sometimes a token that says otherwise. */
const scene = fc
  .record({
    people: population,
    drawn: drawnCovers,
    now: moment,
    index: fc.nat(11),
    lies: seldom(true, false),
    lie: fc.record({ person: anyId, role: fc.constantFrom(...roles), region: anyRegion }),
    /** With whom they are in a callback. */
    calls: fc.subarray(ids),
  })
  .map(({ people, drawn, now, index, lies, lie, calls }) => {
    const standIns = drawn.map(({ of, by, astray, ...period }): Covering => {
      const { region, id: cover } = people[by % people.length] ?? jobseeker
      const advisor = people[of % people.length]?.advisor ?? 'a'
      return { region: astray ? 'south' : region, advisor, cover, ...period }
    })
    const { id, role, region } = people[index % people.length] ?? jobseeker
    const told = lies ? lie : { person: id, role, region }
    const who: Identity = { ...told, name: 'somebody' }
    return { people, standIns, now, who, calls }
  })

const advisor: Identity = { person: 'anne', role: 'advisor', name: 'A', region: 'north' }
const record = (of: Identity): Subject => ({ id: of.person, role: of.role, region: of.region, disabled: false })
const jobseeker: Subject = { id: 'x', role: 'jobseeker', region: 'north', advisor: 'bruno', disabled: false }

type Scene = typeof scene extends fc.Arbitrary<infer S> ? S : never

/**
 * The rules once more, told from the side of the one who acts: everything that one identity may do, as `<act> <id>`, built
 * up from nothing by walking through the population.
 */
function everythingAllowed({ who, people, standIns, now, calls }: Scene) {
  const allowed = new Set<string>()
  const colleagues = new Map<string, Subject>()
  for (const person of people) if (person.region === who.region) colleagues.set(person.id, person)
  const me = colleagues.get(who.person)
  if (me === undefined && (who.role === 'jobseeker' || who.role === 'advisor')) return allowed
  if (me !== undefined && (me.role !== who.role || me.disabled || me.leftAt !== undefined)) return allowed
  const grant = (subject: Subject, ...these: Act[]) => {
    for (const act of these) allowed.add(`${act} ${subject.id}`)
  }
  if (who.role !== 'operator' && me !== undefined) grant(me, 'viewPerson', 'viewQueue')
  if (who.role === 'jobseeker' && me !== undefined) grant(me, 'converse', 'enterRoom')
  if (who.role === 'advisor') {
    const desks = new Set([who.person])
    for (const { region, advisor, cover, from, until, endedAt } of standIns) {
      const moments = Array.from({ length: 10 }, (_, at) => at).filter(
        (at) => !(at < from) && !(at >= until) && !(endedAt !== undefined && at >= endedAt),
      )
      if (region === who.region && cover === who.person && moments.includes(now)) desks.add(advisor)
    }
    for (const [id, person] of colleagues) {
      if (person.role !== 'jobseeker' || !calls.includes(id)) continue
      grant(person, 'viewQueue')
      if (!person.disabled && person.leftAt === undefined) grant(person, 'enterRoom')
    }
    for (const [, person] of colleagues) {
      if (person.role !== 'jobseeker' || person.disabled || person.leftAt !== undefined) continue
      if (person.advisor !== undefined && desks.has(person.advisor))
        grant(person, 'converse', 'enterRoom', 'keepNotes', 'viewPerson', 'viewQueue')
      // Whoever stands in gives nobody away.
      if (person.advisor === who.person) grant(person, 'transfer')
    }
  }
  if (who.role === 'supervisor') {
    for (const [, person] of colleagues) {
      const theirs = person.team ?? colleagues.get(person.advisor ?? '')?.team
      if (me?.team !== undefined && me.team !== theirs) continue
      grant(person, 'viewPerson', 'viewQueue', 'keepQueue', 'keepCovers', 'viewAudit')
      if (person.role === 'jobseeker' || person.role === 'advisor') grant(person, 'keepPerson')
      if (person.role === 'jobseeker' && !person.disabled && person.leftAt === undefined) grant(person, 'transfer')
    }
  }
  return allowed
}

t.test('over random regions, teams, covers and times no grant reaches another person’s data', async (t) => {
  const granted = new Map<string, number>()
  fc.assert(
    fc.property(scene, (scene) => {
      const { people, standIns, who, now, calls } = scene
      const find = (region: string, id: string | undefined) =>
        people.find((person) => person.region === region && person.id === id)
      const allowed = everythingAllowed(scene)
      for (const subject of people) {
        for (const act of acts) {
          const advisor = find(subject.region, subject.advisor)
          const self = find(who.region, who.person)
          const expected = subject.region === who.region && allowed.has(`${act} ${subject.id}`)
          const answer = may(who, act, subject, { now, self, covers: standIns, calls, advisor })
          const standsIn = who.role === 'advisor' && subject.role === 'jobseeker' && subject.advisor !== who.person
          const kind = `${standsIn ? 'cover' : who.role} ${act}`
          if (answer) granted.set(kind, (granted.get(kind) ?? 0) + 1)
          if (answer !== expected) {
            throw new Error(`${JSON.stringify(who)} ${act} ${JSON.stringify(subject)}: ${answer}`)
          }
        }
      }
    }),
    { numRuns: 10_000 },
  )
  // The populations are rich enough to show each grant at work; and none besides these.
  t.same([...granted.keys()].sort(), [
    'advisor converse',
    'advisor enterRoom',
    'advisor keepNotes',
    'advisor transfer',
    'advisor viewPerson',
    'advisor viewQueue',
    'cover converse',
    'cover enterRoom',
    'cover keepNotes',
    'cover viewPerson',
    'cover viewQueue',
    'jobseeker converse',
    'jobseeker enterRoom',
    'jobseeker viewPerson',
    'jobseeker viewQueue',
    'supervisor keepCovers',
    'supervisor keepPerson',
    'supervisor keepQueue',
    'supervisor transfer',
    'supervisor viewAudit',
    'supervisor viewPerson',
    'supervisor viewQueue',
  ])
  t.ok(
    [...granted.values()].every((times) => times >= 10),
    JSON.stringify(Object.fromEntries(granted)),
  )
})

t.test('who has left, is disabled, or is another than the record says may do nothing at all', async (t) => {
  fc.assert(
    fc.property(scene, ({ people, standIns, who, now }) => {
      const self = people.find(({ region, id }) => region === who.region && id === who.person)
      if (self === undefined || mayTakePart(who, self)) return true
      return (
        !mayOperate(who, self) &&
        !maySuperviseRegion(who, who.region, self) &&
        people.every((subject) => acts.every((act) => !may(who, act, subject, { now, self, covers: standIns })))
      )
    }),
    { numRuns: 2_000 },
  )
  t.pass('2,000 populations')
})

t.test('notes are for the advisor and who covers now; nobody keeps or sees those about themselves', async (t) => {
  const bruno: Identity = { ...advisor, person: 'bruno' }
  const now = 10
  const standIn = { region: 'north', advisor: 'bruno', cover: 'anne', from: 10, until: 20 }
  const keeps = (who: Identity, about: Subject, covers: readonly Covering[] = []) =>
    may(who, 'keepNotes', about, { now, self: record(who), covers })
  t.ok(keeps(bruno, jobseeker))
  t.ok(keeps(advisor, jobseeker, [standIn]))
  t.notOk(keeps(advisor, jobseeker), 'a colleague')
  t.notOk(keeps(advisor, jobseeker, [{ ...standIn, until: 10 }]), 'who has covered')
  t.notOk(keeps(bruno, { ...jobseeker, advisor: 'anne' }), 'a former advisor')
  for (const role of roles) {
    const self: Identity = { person: 'x', role, name: 'X', region: 'north' }
    t.notOk(keeps(self, { ...jobseeker, role }), `a ${role} about themselves`)
    if (role !== 'advisor') t.notOk(keeps({ ...self, person: 'bruno' }, jobseeker), `a ${role} called like the advisor`)
  }
})

t.test('a cover begins at its first moment and ends before its last', async (t) => {
  const cover = { region: 'north', advisor: 'bruno', cover: 'anne', from: 10, until: 20 }
  const at = (now: number, covering: Covering = cover) =>
    may(advisor, 'converse', jobseeker, { now, self: record(advisor), covers: [covering] })
  t.same(
    [9, 10, 19, 20].map((now) => at(now)),
    [false, true, true, false],
  )
  t.same(
    [14, 15].map((now) => at(now, { ...cover, endedAt: 15 })),
    [true, false],
  )
})

/** Somebody who works in a team, or in none, as the token and the record have them. */
const working = (person: string, role: 'advisor' | 'supervisor', team?: string) => {
  const identity: Identity = { person, role, name: person, region: 'north' }
  return { identity, self: { ...record(identity), team } }
}
const anne = working('anne', 'advisor', 'red')
const bruno = working('bruno', 'advisor', 'red')
const chloe = working('chloe', 'advisor', 'blue')
const alone = working('alone', 'advisor')
const sara = working('sara', 'supervisor', 'red')
const rita = working('rita', 'supervisor')

t.test('an advisor hands over to the advisors of their own team, a supervisor to those of theirs', async (t) => {
  const to = ({ identity, self }: typeof anne) =>
    [anne, bruno, chloe, alone].filter((one) => isColleague(identity, one.self, self)).map(({ self: { id } }) => id)
  t.same(to(anne), ['bruno'], 'not to oneself, and not to another team')
  t.same(to(alone), [], 'two who are in no team are no colleagues')
  t.same(to(sara), ['anne', 'bruno'])
  t.same(to(rita), ['anne', 'bruno', 'chloe', 'alone'], 'one without a team has the region')
  for (const other of [{ disabled: true }, { leftAt: 1 }, { region: 'south' }, { role: 'supervisor' as const }]) {
    for (const { identity, self } of [anne, sara, rita])
      t.notOk(isColleague(identity, { ...bruno.self, ...other }, self), JSON.stringify(other))
  }
  t.notOk(isColleague(anne.identity, bruno.self, { ...anne.self, disabled: true }))
  t.notOk(isColleague(anne.identity, bruno.self, undefined))
  const { identity: jobseekers } = anne
  t.notOk(isColleague({ ...jobseekers, role: 'jobseeker' }, bruno.self, { ...anne.self, role: 'jobseeker' }))
  t.notOk(isColleague({ ...jobseekers, role: 'operator' }, bruno.self, { ...anne.self, role: 'operator' }))
})

t.test(
  'canned replies are used by their advisor or team, and a team’s are changed by author and supervisor',
  async (t) => {
    const own: ReplyOwner = { scope: 'own', region: 'north', person: 'anne' }
    const team: ReplyOwner = { scope: 'team', region: 'north', team: 'red' }
    const everybody = [anne, bruno, chloe, alone, sara, rita]
    const who = (allowed: (one: typeof anne) => boolean) => everybody.filter(allowed).map(({ self: { id } }) => id)
    const use = (owner: ReplyOwner) => who(({ identity, self }) => mayUseReplies(identity, owner, self))
    const change = (owner: ReplyOwner, author?: string) =>
      who(({ identity, self }) => mayChangeReply(identity, owner, self, author))
    t.same(use(own), ['anne'])
    t.same(use(team), ['anne', 'bruno', 'sara', 'rita'])
    t.same(change(own, 'anne'), ['anne'])
    t.same(change(team), ['anne', 'bruno', 'sara', 'rita'], 'anybody makes a new one')
    t.same(change(team, 'bruno'), ['bruno', 'sara', 'rita'])
    t.same(change(team, 'chloe'), ['sara', 'rita'], 'an author of another team by now may not')
    for (const owner of [own, team]) t.same(use({ ...owner, region: 'south' }), [])
    for (const { identity, self } of everybody) {
      for (const other of [{ disabled: true }, { leftAt: 1 }, { role: 'jobseeker' as const }, { region: 'south' }]) {
        for (const owner of [own, team]) t.notOk(mayUseReplies(identity, owner, { ...self, ...other }))
      }
    }
    t.notOk(mayUseReplies(anne.identity, own, undefined), 'an advisor must be on record')
    for (const role of ['jobseeker', 'operator'] as const) {
      const identity: Identity = { ...anne.identity, role }
      for (const owner of [own, team]) t.notOk(mayUseReplies(identity, owner, { ...anne.self, role }), role)
    }
  },
)

t.test('a record of another region, role or name is not theirs', async (t) => {
  t.ok(mayTakePart(advisor, record(advisor)))
  for (const other of [{ region: 'south' }, { role: 'supervisor' as const }, { id: 'bruno' }]) {
    t.notOk(mayTakePart(advisor, { ...record(advisor), ...other }))
  }
})

t.test('the check alone is for a jobseeker who has yet to join or has left, and for nobody else', async (t) => {
  const who: Identity = { person: 'jeanne', role: 'jobseeker', name: 'Jeanne', region: 'north' }
  const self = { id: 'jeanne', role: 'jobseeker', region: 'north', disabled: false } as const
  t.notOk(mayOnlyCheck(who, undefined))
  t.notOk(mayOnlyCheck(who, self), 'whoever takes part needs no exception')
  for (const out of [{ awaiting: true }, { leftAt: 1 }] as const) {
    t.ok(mayOnlyCheck(who, { ...self, ...out }))
    t.notOk(mayOnlyCheck(who, { ...self, ...out, disabled: true }))
    for (const other of [{ region: 'south' }, { id: 'yann' }, { role: 'advisor' as const }]) {
      t.notOk(mayOnlyCheck(who, { ...self, ...out, ...other }))
    }
    t.notOk(mayOnlyCheck({ ...who, role: 'advisor' }, { ...self, ...out, role: 'advisor' }))
  }
})

t.test('an unknown jobseeker and a stranger’s are refused alike', async (t) => {
  const messages = [undefined, jobseeker].map((subject) => {
    try {
      requireConversation(advisor, subject)
      return 'allowed'
    } catch (error) {
      return String(error)
    }
  })
  t.equal(messages[0], messages[1])
  t.not(messages[0], 'allowed')
})

t.test('a conversation is open to the jobseeker and to their advisor', async (t) => {
  const bruno: Identity = { ...advisor, person: 'bruno' }
  const self: Identity = { person: 'x', role: 'jobseeker', name: 'X', region: 'north' }
  for (const who of [bruno, self]) t.equal(requireConversation(who, jobseeker), jobseeker)
  for (const gone of [{ disabled: true }, { leftAt: 1 }]) {
    for (const who of [bruno, self]) t.throws(() => requireConversation(who, { ...jobseeker, ...gone }))
  }
})

t.test('a supervisor without a team has the region, one with a team has not', async (t) => {
  const supervisor: Identity = { person: 's', role: 'supervisor', name: 'S', region: 'north' }
  t.ok(mayKeepPeople(supervisor, 'north'))
  t.notOk(mayKeepPeople(supervisor, 'south'))
  t.ok(maySuperviseRegion(supervisor, 'north', undefined))
  t.ok(maySuperviseRegion(supervisor, 'north', record(supervisor)))
  t.notOk(maySuperviseRegion(supervisor, 'south', record(supervisor)))
  t.notOk(maySuperviseRegion(supervisor, 'north', { ...record(supervisor), team: 'red' }))
  t.notOk(maySuperviseRegion(supervisor, 'north', { ...record(supervisor), disabled: true }))
  for (const role of ['jobseeker', 'advisor', 'operator'] as const) {
    const other = { ...supervisor, role }
    t.notOk(mayKeepPeople(other, 'north'))
    t.notOk(maySuperviseRegion(other, 'north', record(other)))
  }
})

t.test('only operators operate, with or without a record', async (t) => {
  for (const role of roles) {
    const who = { ...advisor, role }
    t.equal(mayOperate(who), role === 'operator')
    t.equal(mayOperate(who, record(who)), role === 'operator')
    t.notOk(mayOperate(who, { ...record(who), disabled: true }))
  }
})

t.test('a synthetic room can be told from a person’s, and no person can be called like one', async (t) => {
  t.ok(isSyntheticRoom('synthetic-1'))
  t.notOk(isSyntheticRoom('jobseeker-1'))
  t.notOk(isSyntheticRoom('a-synthetic-1'))
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((end) => `synthetic-${end}`),
      ),
      (id) => {
        return isReserved(id) === isSyntheticRoom(id)
      },
    ),
  )
})
