/** Pure: when an advisor has room for another appointment. Its cost grows with the days and the appointments in them. */
import type { Calendar } from '../calendar/calendar.ts'
import type { Span } from '../calendar/span.ts'

export interface SlotsQuestion {
  /** When the advisor works. */
  readonly calendar: Calendar
  /** When somebody who is needed is not free, in any order. What the advisor has to themselves after each is in it. */
  readonly busy: readonly Span[]
  readonly lengthMs: number
  /** What is kept free after the new one, but not beyond the end of the day's work. */
  readonly bufferMs: number
  /** How far apart slots begin, from the beginning of each opening on. */
  readonly stepMs: number
  /** Slots begin from here until just before there. */
  readonly from: number
  readonly until: number
}

export function freeSlots(question: SlotsQuestion): Span[] {
  const { calendar, lengthMs, bufferMs, stepMs, from, until } = question
  const busy = question.busy.toSorted((a, b) => a.from - b.from)
  const slots: Span[] = []
  let next = 0
  // Whole days, so that slots begin at the same times whenever somebody asks; and the end of what begins last.
  for (const opening of calendar.spans(dayBegins(calendar, from), until + lengthMs)) {
    for (let at = opening.from; at < until && at + lengthMs <= opening.until; at += stepMs) {
      if (at < from) continue
      // What ends before this slot is in the way of none after it.
      while (next < busy.length && (busy[next]?.until ?? 0) <= at) next += 1
      if (isFree(busy, next, { from: at, until: at + lengthMs + bufferMs })) {
        slots.push({ from: at, until: at + lengthMs })
      }
    }
  }
  return slots
}

function isFree(busy: readonly Span[], first: number, { from, until }: Span): boolean {
  for (let n = first; n < busy.length; n += 1) {
    const span = busy[n]
    if (span === undefined || span.from >= until) return true
    if (span.until > from) return false
  }
  return true
}

const dayBegins = ({ timeZone, dateOf }: Calendar, at: number): number =>
  Temporal.PlainDate.from(dateOf(at)).toZonedDateTime(timeZone).epochMilliseconds
