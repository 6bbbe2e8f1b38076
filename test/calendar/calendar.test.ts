/** Opening hours against a naive reading of the wall clock, over zones, changes of the clock and holidays. */
import fc from 'fast-check'
import t from 'tap'
import { createCalendar } from '../../src/calendar/calendar.ts'
import { intersect, join } from '../../src/calendar/span.ts'
import {
  always,
  minutesOfDay,
  type Opening,
  readWeek,
  type Week,
  weekdays,
  weekOf,
  writeWeek,
} from '../../src/calendar/week.ts'

const zones = [
  'Europe/Paris',
  'Indian/Reunion',
  'America/Guadeloupe',
  'America/Martinique',
  'America/Cayenne',
  'Indian/Mayotte',
  // It changes its clock by half an hour.
  'Australia/Lord_Howe',
  'America/Miquelon',
]
const minute = 60_000
const hour = 60 * minute
const at = (text: string) => Temporal.Instant.from(text).epochMilliseconds

/** Openings of a day that do not meet, on a grid of 15 minutes; the last may reach into the next morning. */
const opening = fc.uniqueArray(fc.integer({ min: 1, max: 95 }), { maxLength: 4 }).map((marks): Opening[] => {
  const sorted = marks.map((mark) => mark * 15).toSorted((a, b) => a - b)
  return Array.from({ length: Math.floor(sorted.length / 2) }, (_, n) => ({
    from: sorted[n * 2] ?? 0,
    until: sorted[n * 2 + 1] ?? 0,
  }))
})
const week = fc
  .tuple(fc.array(opening, { minLength: 7, maxLength: 7 }), fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }))
  .map(([days, wraps]) =>
    weekOf((day) => {
      const n = weekdays.indexOf(day)
      const own = days[n] ?? []
      const last = own.at(-1)
      const next = days[(n + 1) % 7]?.[0]?.from ?? minutesOfDay
      // It ends at or before the first opening of the next day.
      if (last === undefined || wraps[n] !== true) return own
      return [...own.slice(0, -1), { from: last.from, until: minutesOfDay + Math.min(next, 120, last.from) }]
    }),
  )
const zone = fc.constantFrom(...zones)
/** Around the changes of 2026 as often as not. */
const moment = fc.oneof(
  fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-12-31T00:00:00Z') }),
  ...[
    '2026-03-29T01:00:00Z',
    '2026-10-25T01:00:00Z',
    '2026-04-04T15:00:00Z',
    '2026-10-03T15:30:00Z',
    '2026-11-01T05:00:00Z',
  ]
    .map(at)
    .map((change) => fc.integer({ min: change - 8 * hour, max: change + 8 * hour })),
)
const closedDay = fc.integer({ min: 1, max: 28 }).map((day): string => `2026-03-${String(day).padStart(2, '0')}`)
const closed = fc.oneof(fc.constant<string[]>(['2026-03-29', '2026-10-25']), fc.array(closedDay, { maxLength: 4 }))
const place = fc.record({ timeZone: zone, hours: week, closed })
type Place = typeof place extends fc.Arbitrary<infer P> ? P : never

const calendarOf = ({ timeZone, hours, closed }: Place) =>
  createCalendar({ timeZone, hours, isClosed: (date) => closed.includes(date) })

/** What the clock on the wall and the paper on the door say. */
function naive({ timeZone, hours, closed }: Place, moment: number): boolean {
  const wall = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(timeZone)
  const now = wall.hour * 60 + wall.minute
  const says = (date: Temporal.PlainDate, minutes: number) =>
    !closed.includes(date.toString()) &&
    hours[weekdays[date.dayOfWeek - 1] ?? 'monday'].some(({ from, until }) => from <= minutes && minutes < until)
  const today = wall.toPlainDate()
  return says(today, now) || says(today.subtract({ days: 1 }), now + minutesOfDay)
}

const runs = { numRuns: process.env.VISAVIS_TEST_LONG === '1' ? 20_000 : 1_000 }

t.test('open is when the clock on the wall says so, through gaps, overlaps, midnights and closed days', async () => {
  fc.assert(
    fc.property(place, moment, (place, moment) => calendarOf(place).isOpen(moment) === naive(place, moment)),
    runs,
  )
})

t.test('the open time between two moments is what counting minutes gives', async () => {
  fc.assert(
    fc.property(place, moment, fc.integer({ min: 0, max: 60 * 60 }), (place, moment, minutes) => {
      const from = moment - (moment % minute)
      const counted = Array.from({ length: minutes }, (_, n) => naive(place, from + n * minute)).filter(Boolean).length
      return calendarOf(place).openMsBetween(from, from + minutes * minute) === counted * minute
    }),
    { numRuns: 100 },
  )
})

t.test('open time adds up, has a sign, and is given back by its inverse', async () => {
  fc.assert(
    fc.property(place, moment, moment, fc.integer({ min: 1, max: 40 * hour }), (place, a, b, ms) => {
      const calendar = calendarOf(place)
      const c = Math.round((a + b) / 2)
      const whole = calendar.openMsBetween(a, b)
      if (whole !== calendar.openMsBetween(a, c) + calendar.openMsBetween(c, b)) return false
      if (calendar.openMsBetween(b, a) !== -whole && whole !== 0) return false
      const end = calendar.afterOpenMs(a, ms)
      // Without an hour of opening in the year ahead there is no such moment.
      if (end === undefined) return calendar.openMsBetween(a, a + 365 * 24 * hour) < ms
      return calendar.openMsBetween(a, end) === ms && calendar.openMsBetween(a, end - 1) === ms - 1
    }),
    { numRuns: 300 },
  )
})

t.test('the next opening is open, and nothing before it is; it closes where it says', async () => {
  fc.assert(
    fc.property(place, moment, (place, moment) => {
      const calendar = calendarOf(place)
      const next = calendar.nextOpening(moment)
      if (next === undefined) return calendar.openMsBetween(moment, moment + 365 * 24 * hour) === 0
      if (!calendar.isOpen(next) || calendar.openMsBetween(moment, next) !== 0) return false
      const end = calendar.nextClosing(next)
      return !calendar.isOpen(end) && calendar.openMsBetween(next, end) === end - next
    }),
    runs,
  )
})

t.test('windows lie in the openings of their day, do not overlap, and have one length', async () => {
  fc.assert(
    fc.property(place, moment, fc.constantFrom(15, 30, 60, 120), (place, moment, minutes) => {
      const calendar = calendarOf(place)
      const windows = calendar.windows(calendar.dateOf(moment), minutes * minute)
      return windows.every(
        ({ from, until }, n) =>
          until - from === minutes * minute &&
          calendar.openMsBetween(from, until) === until - from &&
          from >= (windows[n - 1]?.until ?? 0),
      )
    }),
    runs,
  )
})

t.test('within the hours of an advisor is when both are open', async () => {
  fc.assert(
    fc.property(place, week, moment, (place, hours, moment) => {
      const both = calendarOf(place).within(hours).isOpen(moment)
      const open = calendarOf(place).isOpen(moment)
      // An opening of the place across midnight belongs to a closed day or not; the advisor's hours know no closed days.
      return both === (open && naive({ ...place, hours, closed: [] }, moment))
    }),
    runs,
  )
})

t.test('a week that is written and read again is the same', async () => {
  fc.assert(fc.property(week, (hours) => JSON.stringify(readWeek(writeWeek(hours))) === JSON.stringify(hours)))
})

t.test('mistakes in hours are told by day', async (t) => {
  const mistakes = (written: unknown) => {
    const week = readWeek(written)
    return 'mistakes' in week ? week.mistakes.length : 0
  }
  for (const wrong of [
    null,
    [],
    { Monday: [] },
    { monday: '08:00-12:00' },
    { monday: ['8:00-12:00'] },
    { monday: ['08:00-24:30'] },
    { monday: ['08:00-12:00', '11:00-13:00'] },
    { monday: ['22:00-06:00'], tuesday: ['05:00-07:00'] },
    { sunday: ['22:00-06:00'], monday: ['05:00-07:00'] },
    { monday: [7] },
  ]) {
    t.ok(mistakes(wrong) > 0, JSON.stringify(wrong))
  }
  t.equal(mistakes({ monday: ['22:00-06:00'], tuesday: ['06:00-07:00'], sunday: ['00:00-24:00'] }), 0)
})

t.test('on the days of the change in Paris', async (t) => {
  const hours = readWeek({ sunday: ['01:00-04:00'] }) as Week
  const calendar = createCalendar({ timeZone: 'Europe/Paris', hours, isClosed: () => false })
  t.equal(
    calendar.openMsBetween(at('2026-03-29T00:00:00Z'), at('2026-03-29T12:00:00Z')),
    2 * hour,
    'an hour is missing',
  )
  t.equal(calendar.openMsBetween(at('2026-10-24T22:00:00Z'), at('2026-10-25T12:00:00Z')), 4 * hour, 'an hour is twice')
  t.equal(calendar.windows('2026-10-25', hour).length, 4)
})

t.test('spans', async (t) => {
  t.same(
    join([
      { from: 5, until: 6 },
      { from: 1, until: 3 },
      { from: 3, until: 4 },
      { from: 2, until: 2 },
    ]),
    [
      { from: 1, until: 4 },
      { from: 5, until: 6 },
    ],
  )
  t.same(
    intersect(
      [
        { from: 0, until: 5 },
        { from: 7, until: 9 },
      ],
      [{ from: 3, until: 8 }],
    ),
    [
      { from: 3, until: 5 },
      { from: 7, until: 8 },
    ],
  )
})

t.test('a moment that no calendar knows is closed, and no error', async (t) => {
  const calendar = calendarOf({ timeZone: 'Europe/Paris', hours: always, closed: [] })
  for (const at of [Date.UTC(2200, 0, 2), Number.MAX_SAFE_INTEGER]) {
    t.equal(calendar.isOpen(at), false)
    t.same(calendar.spans(at, at + hour), [])
    t.equal(calendar.nextOpening(at), undefined)
  }
})
