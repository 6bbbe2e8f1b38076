/** The rule of verdicts: a table of cases, and what holds whatever happened. */
import fc from 'fast-check'
import t from 'tap'
import { evidenceOf } from '../../src/attendance/evidence.ts'
import { cannotBeAbsent, type Judgement, verdictOf } from '../../src/attendance/verdict.ts'
import type { Fact, Verdict } from '../../src/protocol/index.ts'
import { anyFact, chained, type Happening, happening, happenings, trying, window } from './facts.ts'

const runs = { numRuns: 5_000 }
const minute = 60_000
const at = window.from + 5 * minute

function judge(those: readonly Happening[]): Judgement {
  const evidence = evidenceOf(chained(those))
  if (evidence === undefined) throw new Error('a record without a window')
  return verdictOf(evidence)
}
/** Invitations come before, and everything else five minutes after the beginning. */
const happened = (fact: Fact): Happening => ({ at: fact.type === 'invitation' ? window.from - 30 * minute : at, fact })
const judgeFacts = (...facts: readonly Fact[]) => judge(facts.map(happened))

const well: Fact = {
  ...{ type: 'health', from: window.from - 15 * minute, until: window.until, covered: true },
  ...{ incidents: [], probes: [] },
}
const ill: Fact = { ...well, incidents: [{ from: at, until: at + minute, failed: ['http'] }] }
const invited: Fact = { type: 'invitation', to: 'jobseeker', about: 'booked', step: 'delivered' }
const arrived: Fact = { type: 'arrived', party: 'jobseeker', visit: 'v' }
const advisorCame: Fact = { type: 'arrived', party: 'advisor', visit: 'w' }
const media = (party: 'jobseeker' | 'advisor', fromMin: number, untilMin: number): Fact => ({
  ...{ type: 'media', party, visit: party, kinds: ['audio'], packetsFrom: 5_000, packetsTo: 0 },
  since: window.from + fromMin * minute,
  until: window.from + untilMin * minute,
})
const attempt = (cause: Extract<Fact, { type: 'attempt' }>['cause']): Fact => ({
  ...{ type: 'attempt', party: 'jobseeker', cause },
})
const dropped = (cause: Extract<Fact, { type: 'dropped' }>['cause']): Fact => ({
  ...{ type: 'dropped', party: 'jobseeker', visit: 'v', cause },
})

const cases: readonly [title: string, facts: readonly Fact[], verdict: Verdict, because: readonly string[]][] = [
  ['invited, service well, no trace', [invited, well], 'absent', ['nothing-from-jobseeker']],
  ['nobody probed', [invited], 'undetermined', ['health-unknown']],
  ['no proof of the invitation', [well], 'undetermined', ['invitation-unproven']],
  [
    'an invitation that was only sent proves nothing',
    [well, { ...invited, step: 'sent' }],
    'undetermined',
    ['invitation-unproven'],
  ],
  ['an incident', [invited, ill], 'technical-service', ['incident']],
  ['arrived, the advisor did not', [invited, well, arrived], 'undetermined', ['arrived', 'advisor-missing']],
  ['arrived, both, nothing more', [invited, well, arrived, advisorCame], 'undetermined', ['arrived']],
  ['talked', [media('jobseeker', 0, 10), media('advisor', 5, 20)], 'attended', ['talked']],
  [
    'sent, but heard nobody',
    [invited, well, media('jobseeker', 0, 20)],
    'undetermined',
    ['arrived', 'advisor-missing'],
  ],
  [
    'talked one after the other',
    [invited, well, media('jobseeker', 0, 10), media('advisor', 10, 20)],
    'undetermined',
    ['arrived'],
  ],
  [
    'too short, then a worker died',
    [media('jobseeker', 0, 1), media('advisor', 0, 1), dropped('worker-died')],
    'technical-service',
    ['service-failed', 'arrived'],
  ],
  [
    'their line broke while all was well',
    [well, arrived, dropped('connection-lost')],
    'technical-user',
    ['network-failed', 'arrived'],
  ],
  [
    'their line broke and nobody probed',
    [invited, arrived, advisorCame, dropped('connection-lost')],
    'undetermined',
    ['arrived', 'health-unknown'],
  ],
  [
    'could not reach us though all was well',
    [invited, well, attempt('unreachable')],
    'technical-user',
    ['network-failed', 'tried'],
  ],
  [
    'could not reach us during an incident',
    [invited, ill, attempt('unreachable')],
    'technical-service',
    ['incident', 'tried'],
  ],
  ['refused by the service', [invited, well, attempt('refused')], 'technical-service', ['service-failed', 'tried']],
  ['no camera', [invited, well, attempt('no-camera')], 'technical-user', ['device-failed', 'tried']],
  [
    'a failed check right before',
    [invited, well, { type: 'check', party: 'jobseeker', result: 'failed', problems: [] }],
    'technical-user',
    ['device-failed', 'tried'],
  ],
  ['cancelled', [invited, well, { type: 'cancelled', by: 'advisor' }], 'excused', ['cancelled']],
  ['excused afterwards', [invited, ill, { type: 'excused', by: 'agency' }], 'excused', ['excused']],
  [
    'excused, but they talked after all',
    [{ type: 'excused', by: 'agency' }, media('jobseeker', 0, 9), media('advisor', 0, 9)],
    'attended',
    ['talked'],
  ],
  [
    'the advisor’s troubles are not the jobseeker’s',
    [invited, well, { type: 'dropped', party: 'advisor', visit: 'w', cause: 'connection-lost' }],
    'absent',
    ['nothing-from-jobseeker'],
  ],
]

for (const [title, facts, verdict, because] of cases)
  t.test(title, async (t) => t.same(judgeFacts(...facts), { verdict, because }))

t.test('a check made when the appointment was booked is not a try', async (t) => {
  const check: Fact = { type: 'check', party: 'jobseeker', result: 'passed', problems: [] }
  const early = { at: window.from - 61 * minute, fact: check }
  const those = [invited, well].map(happened)
  t.equal(judge([...those, early]).verdict, 'absent')
  t.equal(judge([...those, { ...early, at: window.from - 59 * minute }]).verdict, 'undetermined')
})

t.test('an incident that was over before, or began after, is none of this appointment', async (t) => {
  const incident = (from: number, until: number): Fact => ({ ...well, incidents: [{ from, until, failed: ['http'] }] })
  const verdict = (fact: Fact) => judgeFacts(invited, fact).verdict
  t.equal(
    verdict(incident(window.from - 16 * minute, window.from - 15 * minute)),
    'undetermined',
    'not proven well either',
  )
  t.equal(verdict(incident(window.from - 16 * minute, window.from - 14 * minute)), 'technical-service')
  t.equal(verdict(incident(window.until - 1, window.until + minute)), 'technical-service')
})

const later = { from: window.from + 600 * minute, until: window.until + 600 * minute }
const moved: Fact = { type: 'moved', window: later }

t.test('a moved appointment is judged by its new window', async (t) => {
  t.equal(judgeFacts(invited, well, moved).verdict, 'undetermined')
})

t.test('who was invited to another time, or too late, was not invited', async (t) => {
  const wellLater: Fact = { ...well, from: later.from - 15 * minute, until: later.until } as Fact
  const told = (begins: number | undefined, more: object = {}): Fact => ({ ...invited, begins, ...more }) as Fact
  const verdict = (...those: readonly Happening[]) => {
    const { verdict, because } = judge([
      { at: window.from, fact: moved },
      { at: later.until, fact: wellLater },
      ...those,
    ])
    return verdict === 'absent' ? verdict : String(because)
  }
  const early = later.from - 60 * minute
  const none = 'invitation-unproven'
  t.equal(verdict({ at: early, fact: told(later.from) }), 'absent')
  t.equal(verdict({ at: early, fact: told(window.from) }), none, 'they know of the former time only')
  t.equal(verdict({ at: later.from, fact: told(later.from) }), none, 'it had begun')
  t.equal(verdict({ at: later.from - 1, fact: told(later.from, { step: 'read' }) }), 'absent')
  t.equal(verdict({ at: early, fact: told(later.from, { about: 'cancelled' }) }), none, 'that was no invitation')
  t.equal(verdict({ at: early, fact: told(later.from, { to: 'advisor' }) }), none)

  const failed = told(later.from, { step: 'failed' })
  t.equal(verdict({ at: early, fact: told(later.from) }, { at: early + 1, fact: failed }), none, 'it came back')
  t.equal(verdict({ at: early, fact: told(later.from) }, { at: early - 1, fact: failed }), 'absent', 'then it was not')
  const read = { at: early, fact: told(later.from, { step: 'read' }) }
  t.equal(verdict(read, { at: early + 1, fact: failed }), 'absent', 'who has read it has it')

  t.equal(verdict({ at: window.from - 1, fact: told(undefined) }), none, 'of another system, before it was moved')
  t.equal(verdict({ at: window.from, fact: told(undefined) }), 'absent')
})

t.test('of one that was cancelled, or who is excused, nobody can say "absent"', async (t) => {
  const excluded = (fact: Fact) => {
    const evidence = evidenceOf(chained([invited, well, fact].map(happened)))
    return evidence !== undefined && cannotBeAbsent(evidence)
  }
  t.ok(excluded({ type: 'cancelled', by: 'jobseeker' }))
  t.ok(excluded({ type: 'excused', by: 'agency' }))
  t.notOk(excluded({ type: 'ended', by: 'service' }))
})

/** From what is best for the jobseeker to what is worst. */
const order: readonly Verdict[] = [
  ...(['attended', 'excused', 'technical-service', 'technical-user', 'undetermined', 'absent'] as const),
]

t.test('every verdict comes up in what the properties look at', async (t) => {
  const seen = new Set(fc.sample(happenings, { numRuns: 5_000, seed: 1 }).map((those) => judge(those).verdict))
  t.same([...seen].sort(), order.toSorted())
})

t.test('nobody is absent who arrived, tried, or met an incident, whatever else is on record', async () => {
  fc.assert(
    fc.property(happenings, (those) => {
      const evidence = evidenceOf(chained(those))
      if (evidence === undefined) return false
      const { verdict } = verdictOf(evidence)
      const own = those.filter(({ fact }) => 'party' in fact && fact.party === 'jobseeker').map(({ fact }) => fact.type)
      const wasThere = own.some((type) =>
        ['arrived', 'admitted', 'rejoined', 'dropped', 'media', 'attempt'].includes(type),
      )
      const hadIncident = those.some(
        ({ fact }) =>
          fact.type === 'health' &&
          fact.incidents.some(({ from, until }) => from < window.until && until > window.from),
      )
      return verdict !== 'absent' || !(wasThere || hadIncident || cannotBeAbsent(evidence))
    }),
    runs,
  )
})

t.test('evidence of trying, wherever it is added, never moves the verdict towards absent', async () => {
  fc.assert(
    fc.property(happenings, happening(trying), fc.nat(), (those, more, place) => {
      const index = place % (those.length + 1)
      const before = order.indexOf(judge(those).verdict)
      const after = order.indexOf(judge(those.toSpliced(index, 0, more)).verdict)
      return after <= before && order[after] !== 'absent'
    }),
    runs,
  )
})

t.test('an incident, wherever it is added, never moves the verdict towards absent', async () => {
  fc.assert(
    fc.property(happenings, (those) => {
      const before = order.indexOf(judge(those).verdict)
      const after = order.indexOf(judge([...those, { at, fact: ill }]).verdict)
      return after <= before
    }),
    runs,
  )
})

t.test('the order in which facts were written down does not matter', async () => {
  fc.assert(
    fc.property(happenings, fc.infiniteStream(fc.nat()), (those, numbers) => {
      const shuffled = those
        .map((one) => ({ one, key: numbers.next().value ?? 0 }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ one }) => one)
      return String(judge(those).verdict) === String(judge(shuffled).verdict)
    }),
    runs,
  )
})

t.test('a verdict has reasons', async () => {
  fc.assert(
    fc.property(happenings, (those) => judge(those).because.length > 0),
    runs,
  )
})

t.test('facts of every kind are drawn', async (t) => {
  const types = new Set(fc.sample(anyFact, { numRuns: 2_000, seed: 1 }).map(({ type }) => type))
  t.ok(types.size >= 12, [...types].join(' '))
})
