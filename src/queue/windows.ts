/** Pure: the windows a jobseeker is offered, which are those that can be served. */
import type { Calendar } from '../calendar/calendar.ts'
import type { Window } from '../protocol/callback.ts'
import type { RegionSettings } from '../protocol/callback-settings.ts'

const dayMs = 24 * 60 * 60_000

/** How many calls one advisor makes in a window. */
export const capacityOf = ({ from, until }: Window, handlingMs: number): number =>
  Math.max(1, Math.floor((until - from) / handlingMs))

/**
 * Windows that lie ahead, whole, in the opening hours and in the hours of the advisor.
 * @param calendar of the advisor, within their own hours.
 */
export function windowsAhead(calendar: Calendar, { windowMs, windowDays }: RegionSettings, now: number): Window[] {
  const dates = Array.from({ length: windowDays + 1 }, (_, n) => calendar.dateOf(now + n * dayMs))
  return [...new Set(dates)].flatMap((date) => calendar.windows(date, windowMs)).filter(({ from }) => from >= now)
}
