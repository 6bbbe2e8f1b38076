/**
 * When a place is open, in its own time zone, with its holidays and closed days. Pure: moments are arguments (ms since the
 * epoch).
 *
 * Open is when the clock on the wall says so. An hour that a change to winter time repeats is open twice if it is open at
 * all, and one that a change to summer time skips is never open. An opening across midnight belongs to the day on which it
 * began: if that day is a holiday, the next morning is closed as well.
 */
import { intersect, join, type Span } from './span.ts'
import { minutesOfDay, type Opening, type Week, weekdays } from './week.ts'

export interface Calendar {
  readonly timeZone: string
  isOpen(at: number): boolean
  /** `at` itself when it is open; undefined when it stays closed for a year. */
  nextOpening(at: number): number | undefined
  /** When it closes next: `at` itself when it is closed. */
  nextClosing(at: number): number
  /** How long it is open between two moments; negative when `b` is before `a`. */
  openMsBetween(a: number, b: number): number
  /** The first moment at which it has been open for `ms` since `at`; undefined when that takes more than a year. */
  afterOpenMs(at: number, ms: number): number | undefined
  /** When it is open between two moments, in order. */
  spans(from: number, until: number): Span[]
  /** The openings of a day (2026-05-08), cut into windows of one length; what is left over at the end is not offered. */
  windows(date: string, lengthMs: number): Span[]
  /** The local date of a moment (2026-05-08). */
  dateOf(at: number): string
  /** The same place within further hours: those of one advisor. */
  within(week: Week): Calendar
}

export interface CalendarOptions {
  /** An IANA name: `Indian/Reunion`. */
  readonly timeZone: string
  readonly hours: Week
  /** Whether a local date (2026-05-08) is closed: a holiday, or a closed day of the agency. */
  readonly isClosed: (date: string) => boolean
}

const minuteMs = 60_000
/** Beyond it nothing is looked for: a place without any hours is closed for ever. */
const horizonDays = 366
/** The end of 2199: after it everything is closed. Clients may ask for any number, and there are days that have no name. */
const latestMs = Date.UTC(2200, 0, 1) - 1
/** Days that are remembered; and those of them that are asked for most, which are found without naming them. */
const remembered = 1_000
const recentDays = 4

interface Day extends Span {
  readonly date: Temporal.PlainDate
  readonly name: string
  readonly stretches: readonly Stretch[]
  /** When it is open, and the day after it, once somebody has asked. */
  spans?: readonly Span[]
  next?: Day
}

export function createCalendar(options: CalendarOptions): Calendar {
  const { timeZone, hours, isClosed } = options
  const known = new Map<string, Day>()
  let recent: readonly Day[] = []

  const openingsOf = (date: Temporal.PlainDate): readonly Opening[] =>
    isClosed(date.toString()) ? [] : hours[weekdays[date.dayOfWeek - 1] ?? 'monday']

  const dayOn = (date: Temporal.PlainDate): Day => {
    const name = date.toString()
    const found = known.get(name)
    if (found !== undefined) return found
    const parts = stretches(date, timeZone)
    const day = { date, name, stretches: parts, from: parts[0]?.from ?? 0, until: parts.at(-1)?.until ?? 0 }
    if (known.size >= remembered) known.clear()
    known.set(name, day)
    return day
  }
  const spansOf = (day: Day): readonly Span[] => {
    if (day.spans !== undefined) return day.spans
    const yesterday = openingsOf(day.date.subtract({ days: 1 })).map(({ from, until }) => ({
      from: from - minutesOfDay,
      until: until - minutesOfDay,
    }))
    const openings = [...yesterday, ...openingsOf(day.date)]
    day.spans = join(day.stretches.flatMap((stretch) => openings.map(inStretch(stretch))))
    return day.spans
  }
  const dayAfter = (day: Day): Day => {
    day.next ??= dayOn(day.date.add({ days: 1 }))
    return day.next
  }
  const dayOf = (at: number): Day => {
    const found = recent.find(({ from, until }) => from <= at && at < until)
    if (found !== undefined) return found
    const day = dayOn(
      Temporal.Instant.fromEpochMilliseconds(Math.min(Math.floor(at), latestMs))
        .toZonedDateTimeISO(timeZone)
        .toPlainDate(),
    )
    recent = [day, ...recent.slice(0, recentDays - 1)]
    return day
  }

  /** Day by day from that of `at`, so that whoever has found what they look for stops. */
  function* from(at: number): Generator<Span> {
    if (at > latestMs) return
    for (let n = 0, day = dayOf(at); n <= horizonDays; n += 1, day = dayAfter(day)) yield* spansOf(day)
  }

  const calendar: Calendar = {
    timeZone,
    isOpen: (at) => spansOf(dayOf(at)).some((span) => span.from <= at && at < span.until),
    nextOpening(at) {
      for (const span of from(at)) if (at < span.until) return Math.max(at, span.from)
      return undefined
    },
    nextClosing(at) {
      let end = at
      for (const span of from(at)) {
        if (span.from > end) break
        end = Math.max(end, span.until)
      }
      return end
    },
    openMsBetween(a, b) {
      if (b < a) return -calendar.openMsBetween(b, a)
      return calendar.spans(a, b).reduce((sum, span) => sum + span.until - span.from, 0)
    },
    afterOpenMs(at, ms) {
      if (ms <= 0) return at
      let left = ms
      for (const span of from(at)) {
        const begin = Math.max(at, span.from)
        if (begin >= span.until) continue
        if (left <= span.until - begin) return begin + left
        left -= span.until - begin
      }
      return undefined
    },
    spans(a, b) {
      if (b <= a) return []
      const open: Span[] = []
      const last = dayOf(b).date
      for (let day = dayOf(a); Temporal.PlainDate.compare(day.date, last) <= 0; day = dayAfter(day)) {
        open.push(...spansOf(day))
      }
      return intersect(join(open), [{ from: a, until: b }])
    },
    windows(date, lengthMs) {
      return spansOf(dayOn(Temporal.PlainDate.from(date))).flatMap((span) =>
        Array.from({ length: Math.floor((span.until - span.from) / lengthMs) }, (_, n) => ({
          from: span.from + n * lengthMs,
          until: span.from + (n + 1) * lengthMs,
        })),
      )
    },
    dateOf: (at) => dayOf(at).name,
    within(week) {
      return createCalendar({ ...options, hours: common(hours, week) })
    },
  }
  return calendar
}

/** Part of a day in which the clock runs evenly. */
interface Stretch extends Span {
  /** When the clock would have shown 00:00, had it always run like this. */
  readonly midnight: number
}

function stretches(date: Temporal.PlainDate, timeZone: string): Stretch[] {
  const end = date.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds
  const midnightUtc = date.toZonedDateTime('UTC').epochMilliseconds
  const found: Stretch[] = []
  for (let start = date.toZonedDateTime(timeZone); start.epochMilliseconds < end; ) {
    const change = start.getTimeZoneTransition('next')
    const until = Math.min(change?.epochMilliseconds ?? end, end)
    const midnight = midnightUtc - start.offsetNanoseconds / 1_000_000
    found.push({ from: start.epochMilliseconds, until, midnight })
    if (change === null || until === end) break
    start = change
  }
  return found
}

const inStretch =
  ({ from, until, midnight }: Stretch) =>
  (opening: Opening): Span => ({
    from: Math.max(from, midnight + opening.from * minuteMs),
    until: Math.min(until, midnight + opening.until * minuteMs),
  })

/** Both weeks at once, by the clock. */
function common(a: Week, b: Week): Week {
  // An opening may reach into the next day, so each side is laid out over the days around it.
  const laidOut = (week: Week, n: number): Span[] =>
    [-1, 0, 1].flatMap((step) =>
      week[weekdays[(n + step + 7) % 7] ?? 'monday'].map(({ from, until }) => ({
        from: from + step * minutesOfDay,
        until: until + step * minutesOfDay,
      })),
    )
  return Object.fromEntries(
    weekdays.map((day, n) => [day, intersect(join([...a[day]]), join(laidOut(b, n)))]),
  ) as unknown as Week
}
