/** What lines of logs say of a span of time: whether somebody looked throughout, and when something failed. *Pure.* */
import { type Check, hashOf, type Line } from './line.ts'

export interface Span {
  readonly from: number
  readonly until: number
}

export interface Failure extends Span {
  readonly failed: Check[]
}

/** Between two lines of one log nothing is left out; a probe that begins anew leaves a hole. */
const toleranceMs = 1_000

/** Whether the lines of one log cover a span without a hole. A log that was tampered with covers nothing. */
export function covers(lines: readonly Line[], { from, until }: Span): boolean {
  if (!isWhole(lines)) return false
  let upTo = from
  for (const line of lines) {
    if (line.from > upTo + toleranceMs) continue
    if (line.until > upTo) upTo = line.until
    if (upTo >= until) return true
  }
  return false
}

/** Of lines that follow each other in one log. What is before the first one is taken as given. */
export const isWhole = (lines: readonly Line[]): boolean =>
  lines.every((line, index) => {
    const before = lines[index - 1]
    return before === undefined || (line.n === before.n + 1 && line.prev === hashOf(before))
  })

/** Failures that overlap a span, cut to nothing, joined where they touch, in order; whatever log they are from. */
export function failuresIn(lines: readonly Line[], { from, until }: Span): Failure[] {
  const failures: Failure[] = []
  const bad = lines.filter((line) => line.failed.length > 0 && line.from < until && line.until > from)
  for (const line of bad.toSorted((a, b) => a.from - b.from)) {
    const last = failures.at(-1)
    const joins = last !== undefined && line.from <= last.until + toleranceMs
    const failed = [...new Set([...(joins ? last.failed : []), ...line.failed])].sort()
    const span = { from: joins ? last.from : line.from, until: Math.max(joins ? last.until : 0, line.until), failed }
    if (joins) failures[failures.length - 1] = span
    else failures.push(span)
  }
  return failures
}
