/** Random facts and records for property tests. */
import fc from 'fast-check'
import { chainAfter, emptyHead, type Loose } from '../../src/attendance/chain.ts'
import type { AttendanceEntry, Fact, Party } from '../../src/protocol/index.ts'

/** The window of all records here. */
export const window = { from: 100 * 60_000, until: 130 * 60_000 }
const moment = fc.integer({ min: window.from - 80 * 60_000, max: window.until + 60 * 60_000 })
const span = fc
  .tuple(moment, fc.integer({ min: 1, max: 20 * 60_000 }))
  .map(([from, ms]) => ({ from, until: from + ms }))
const party = fc.constantFrom<Party>('jobseeker', 'advisor')
const visit = fc.constantFrom('v1', 'v2', 'v3')
const by = fc.constantFrom('jobseeker', 'advisor', 'agency')

export const dropCauses = [
  ...(['left', 'connection-lost', 'worker-died', 'node-stopping', 'access-ended', 'replaced'] as const),
]
export const attemptCauses = [
  ...(['unreachable', 'refused', 'media-failed', 'camera-denied', 'no-camera', 'unsupported', 'offline'] as const),
]

const there = (of: fc.Arbitrary<Party>): fc.Arbitrary<Fact> =>
  fc.oneof(
    fc.record({ type: fc.constantFrom('arrived', 'admitted', 'rejoined'), party: of, visit }),
    fc.record({ type: fc.constant('dropped' as const), party: of, visit, cause: fc.constantFrom(...dropCauses) }),
    fc
      .record({ party: of, visit, span, packetsFrom: fc.constantFrom(0, 10, 5_000), packetsTo: fc.constantFrom(0, 10) })
      .map(({ span: { from, until }, ...rest }) => ({ type: 'media', ...rest, since: from, until, kinds: ['audio'] })),
  ) as fc.Arbitrary<Fact>

const check = (of: fc.Arbitrary<Party>) =>
  fc.record({
    ...{ type: fc.constant('check' as const), party: of },
    result: fc.constantFrom('passed', 'failed'),
    problems: fc.constant([] as string[]),
  }) as fc.Arbitrary<Fact>

const attempt = (of: fc.Arbitrary<Party>) =>
  fc.record({
    ...{ type: fc.constant('attempt' as const), party: of, cause: fc.constantFrom(...attemptCauses) },
  }) as fc.Arbitrary<Fact>

const health = fc.record({
  type: fc.constant('health' as const),
  from: fc.constantFrom(window.from - 15 * 60_000, window.from + 1),
  until: fc.constantFrom(window.until, window.until - 1),
  covered: fc.constantFrom(true, true, false),
  incidents: fc.array(
    span.map((one) => ({ ...one, failed: ['http' as const] })),
    { maxLength: 2 },
  ),
  probes: fc.constant<{ probe: string; n: number; hash: string }[]>([]),
}) as fc.Arbitrary<Fact>

const others = fc.oneof(
  fc.record({ type: fc.constantFrom('cancelled', 'excused'), by }),
  fc.record({
    ...{ type: fc.constant('invitation' as const), to: party, about: fc.constantFrom('booked', 'reminder') },
    step: fc.constantFrom('sent', 'delivered', 'read', 'failed'),
    begins: fc.constantFrom(window.from, window.from, window.from - 1),
  }),
  health,
  fc.record({ type: fc.constant('ended' as const), by: fc.constantFrom('advisor', 'service') }),
) as fc.Arbitrary<Fact>

/** Any fact but a verdict and the beginning. */
export const anyFact: fc.Arbitrary<Fact> = fc.oneof(there(party), check(party), attempt(party), others, others)

/** What shows that the jobseeker was there or tried. */
export const trying: fc.Arbitrary<Fact> = fc.oneof(
  there(fc.constant<Party>('jobseeker')),
  attempt(fc.constant<Party>('jobseeker')),
)

export interface Happening {
  readonly at: number
  readonly fact: Fact
}

export const happening = (fact: fc.Arbitrary<Fact>): fc.Arbitrary<Happening> => fc.record({ at: moment, fact })
/** Few facts, so that all verdicts come up; many never leave anybody absent. */
export const happenings = fc.array(happening(anyFact), { maxLength: 8 })

export function chained(those: readonly Happening[], appointment = 'a1'): AttendanceEntry[] {
  const opened: Loose = { appointment, at: 1, recordedAt: 1, fact: { type: 'opened', window } }
  const loose = [opened, ...those.map(({ at, fact }) => ({ appointment, at, recordedAt: at + 1, fact }))]
  return chainAfter(emptyHead, loose).map(({ entry }) => entry)
}
