/** How the entries of an attendance record are read, on its page and on its paper alike. *Pure.* Times are ms. */
import type { AttendanceEntry, Fact, Verdict } from './index.ts'

type Media = Extract<Fact, { type: 'media' }>

/** Handed in so much later, that is said. */
export const lateMs = 2 * 60_000

/** Between two samples of one stretch of media there is no more. */
const gapMs = 2_000

/** Whether a sample belongs to the stretch that `before` is the end of. */
export const goesOn = (before: Media, next: Media): boolean =>
  next.since - before.until <= gapMs && before.packetsFrom > 0 === next.packetsFrom > 0

/** A stretch and the sample that it goes on with. */
export const joined = (before: Media, next: Media): Media => ({
  ...next,
  since: before.since,
  kinds: [...new Set([...before.kinds, ...next.kinds])],
  packetsFrom: before.packetsFrom + next.packetsFrom,
  packetsTo: before.packetsTo + next.packetsTo,
})

/** What the rule proposed last: the reasons of a record are for that, whatever a person has made of it. */
export const proposedOf = (entries: readonly AttendanceEntry[]): Verdict | undefined =>
  entries.flatMap(({ fact }) => (fact.type === 'verdictProposed' ? [fact.verdict] : [])).at(-1)
