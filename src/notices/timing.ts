/** When a notice may reach somebody: the digest and quiet hours of their choice, by the clocks of their region. Pure. */
import type { Preferences, Quiet } from '../protocol/index.ts'

export interface Place {
  /** IANA, of the region. */
  readonly timeZone: string
  /** HH:MM: when daily notices go out. */
  readonly dailyAt: string
}

/**
 * The first moment from `now` on (ms) at which a notice that is not official may be sent; undefined: never.
 * Applied to its own result it changes nothing.
 */
export function notBefore(
  now: number,
  { digest, quiet }: Pick<Preferences, 'digest' | 'quiet'>,
  { timeZone, dailyAt }: Place,
): number | undefined {
  if (digest === 'off') return undefined
  return afterQuiet(digest === 'daily' ? nextAt(now, dailyAt, timeZone) : now, quiet, timeZone)
}

/** The first moment from `now` on (ms) that is not within quiet hours. */
export function afterQuiet(now: number, quiet: Quiet | undefined, timeZone: string): number {
  if (quiet === undefined || !isQuiet(now, quiet, timeZone)) return now
  const here = local(now, timeZone)
  const change = here.getTimeZoneTransition('next')
  // Quiet hours end at their end, of which a day may have two (clocks set back), or by clocks set forward beyond it, so
  // that the end itself does not come. Whoever may be written to in just the hour that is left out waits another day.
  const ends = [0, 1, 2].flatMap((days) => moments(here.toPlainDate().add({ days }), quiet.until, timeZone))
  const candidates = change === null ? ends : [...ends, change.epochMilliseconds]
  return Math.min(...candidates.filter((at) => at > now && !isQuiet(at, quiet, timeZone)))
}

export function isQuiet(at: number, { from, until }: Quiet, timeZone: string): boolean {
  const { hour, minute } = local(at, timeZone)
  const [time, start, end] = [60 * hour + minute, minutesOf(from), minutesOf(until)]
  return start < end ? start <= time && time < end : start <= time || time < end
}

/** The next time from `now` on that clocks show `time`: once a day, also when they show it twice or not at all. */
function nextAt(now: number, time: string, timeZone: string): number {
  const today = local(now, timeZone).toPlainDate()
  const moment = (days: number) =>
    today.add({ days }).toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds
  return [0, 1].map(moment).find((at) => at >= now) ?? moment(2)
}

/** When clocks show this time on a day: one moment, or two of which the second may be the same. */
function moments(day: Temporal.PlainDate, time: string, timeZone: string): number[] {
  const wall = day.toPlainDateTime(Temporal.PlainTime.from(time))
  return (['earlier', 'later'] as const).map(
    (disambiguation) => wall.toZonedDateTime(timeZone, { disambiguation }).epochMilliseconds,
  )
}

const local = (at: number, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)

const minutesOf = (time: string): number => 60 * Number(time.slice(0, 2)) + Number(time.slice(3, 5))
