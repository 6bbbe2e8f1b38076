import fc from 'fast-check'
import t from 'tap'
import { freeSlots } from '../../src/appointments/slots.ts'
import { type Calendar, createCalendar } from '../../src/calendar/calendar.ts'
import { holidaysOf, type Place } from '../../src/calendar/holidays.ts'
import { readWeek, type Week } from '../../src/calendar/week.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const week = (written: object): Week => {
  const read = readWeek(written)
  if ('mistakes' in read) throw new Error(read.mistakes.join())
  return read
}
const everyDay = (openings: readonly string[]) =>
  week(
    Object.fromEntries(
      ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => [day, openings]),
    ),
  )

/** Regions on both hemispheres, with and without summer time, on both sides of the date of Paris. */
const regions: readonly { readonly timeZone: string; readonly holidays: Place }[] = [
  { timeZone: 'Europe/Paris', holidays: { country: 'FR' } },
  { timeZone: 'Europe/Paris', holidays: { country: 'FR', state: '67' } },
  { timeZone: 'Indian/Reunion', holidays: { country: 'FR', state: 'RE' } },
  { timeZone: 'America/Guadeloupe', holidays: { country: 'FR', state: 'GP' } },
  { timeZone: 'America/Cayenne', holidays: { country: 'FR', state: 'GF' } },
  { timeZone: 'Indian/Mayotte', holidays: { country: 'FR', state: 'YT' } },
  { timeZone: 'Pacific/Noumea', holidays: { country: 'FR', state: 'NC' } },
  { timeZone: 'America/Miquelon', holidays: { country: 'FR', state: 'PM' } },
]
const calendarOf = ({ timeZone, holidays }: (typeof regions)[number], hours: Week): Calendar =>
  createCalendar({ timeZone, hours, isClosed: holidaysOf(holidays) })

const clock = (at: number, timeZone: string) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)
const at = (text: string, timeZone: string) =>
  Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds
const times = (slots: readonly { from: number }[], timeZone: string) =>
  slots.map(({ from }) => clock(from, timeZone).toPlainTime().toString({ smallestUnit: 'minute' }))

const plain = { busy: [], lengthMs: 30 * minuteMs, bufferMs: 0, stepMs: 30 * minuteMs }

t.test('slots begin on the clock of the wall on the days on which it changes', async (t) => {
  const calendar = calendarOf({ timeZone: 'Europe/Paris', holidays: { country: 'FR' } }, everyDay(['01:00-04:00']))
  const day = (date: string) => ({
    from: at(`${date}T00:00`, 'Europe/Paris'),
    until: at(`${date}T23:59`, 'Europe/Paris'),
  })
  const spring = freeSlots({ ...plain, calendar, ...day('2027-03-28') })
  t.same(times(spring, 'Europe/Paris'), ['01:00', '01:30', '03:00', '03:30'], 'from 2 to 3 there is no time')
  const autumn = freeSlots({ ...plain, calendar, ...day('2027-10-31') })
  t.same(times(autumn, 'Europe/Paris'), ['01:00', '01:30', '02:00', '02:30', '02:00', '02:30', '03:00', '03:30'])
  t.equal(new Set(autumn.map(({ from }) => from)).size, autumn.length, 'an hour that comes twice has room twice')
})

t.test('a holiday has no slots, also one of a single region', async (t) => {
  const hours = everyDay(['09:00-10:00'])
  const slotsOn = (region: (typeof regions)[number], date: string) =>
    freeSlots({
      ...{ ...plain, calendar: calendarOf(region, hours) },
      ...{ from: at(`${date}T00:00`, region.timeZone), until: at(`${date}T23:59`, region.timeZone) },
    }).length
  const [paris, alsace, reunion] = regions
  if (paris === undefined || alsace === undefined || reunion === undefined) throw new Error('no regions')
  t.equal(slotsOn(paris, '2027-07-14'), 0)
  t.equal(slotsOn(reunion, '2027-12-20'), 0, 'the end of slavery')
  t.equal(slotsOn(paris, '2027-12-20'), 2)
  t.equal(slotsOn(alsace, '2027-03-26'), 0, 'Good Friday')
  t.equal(slotsOn(paris, '2027-03-26'), 2)
})

t.test('slots begin at the same times whenever somebody asks', async (t) => {
  const calendar = calendarOf({ timeZone: 'Europe/Paris', holidays: { country: 'FR' } }, everyDay(['08:30-12:00']))
  const until = at('2027-05-11T23:59', 'Europe/Paris')
  const whole = freeSlots({ ...plain, calendar, from: at('2027-05-11T00:00', 'Europe/Paris'), until })
  const late = freeSlots({ ...plain, calendar, from: at('2027-05-11T09:07', 'Europe/Paris'), until })
  t.same(
    late,
    whole.filter(({ from }) => from >= at('2027-05-11T09:07', 'Europe/Paris')),
  )
  t.equal(times(late, 'Europe/Paris')[0], '09:30')
})

t.test('the buffer is kept on both sides of what is booked, and not beyond the end of the day', async (t) => {
  const calendar = calendarOf({ timeZone: 'Europe/Paris', holidays: { country: 'FR' } }, everyDay(['09:00-12:00']))
  const booked = { from: at('2027-05-11T10:00', 'Europe/Paris'), until: at('2027-05-11T10:40', 'Europe/Paris') }
  const day = { from: at('2027-05-11T00:00', 'Europe/Paris'), until: at('2027-05-11T23:59', 'Europe/Paris') }
  const slots = freeSlots({ ...plain, bufferMs: 10 * minuteMs, calendar, busy: [booked], ...day })
  t.same(times(slots, 'Europe/Paris'), ['09:00', '11:00', '11:30'])
})

const somewhere = fc.record({
  region: fc.constantFrom(...regions),
  openings: fc.constantFrom(
    ['08:30-16:30'],
    ['09:00-12:00', '13:30-17:00'],
    ['22:00-02:00'],
    ['00:00-24:00'],
    ['01:30-03:30'],
  ),
  /** Days around which clocks change somewhere, holidays, and others. */
  day: fc.constantFrom(
    '2027-03-28',
    '2027-10-31',
    '2027-03-14',
    '2027-11-07',
    '2027-05-01',
    '2027-12-20',
    '2028-02-29',
    '2027-06-08',
  ),
  aheadMs: fc.integer({ min: -dayMs, max: dayMs }),
  lengthMs: fc.constantFrom(15, 30, 45, 90).map((minutes) => minutes * minuteMs),
  bufferMs: fc.constantFrom(0, 5, 20).map((minutes) => minutes * minuteMs),
  stepMs: fc.constantFrom(15, 30, 60).map((minutes) => minutes * minuteMs),
  booked: fc.array(
    fc.record({
      afterMs: fc.integer({ min: -hourMs, max: 3 * dayMs }),
      forMs: fc.integer({ min: minuteMs, max: 4 * hourMs }),
    }),
    {
      maxLength: 12,
    },
  ),
})

t.test('every slot is in opening time, touches nothing booked, and none that could be is missing', async () => {
  fc.assert(
    fc.property(somewhere, ({ region, openings, day, aheadMs, lengthMs, bufferMs, stepMs, booked }) => {
      const calendar = calendarOf(region, everyDay(openings))
      const from = at(`${day}T00:00`, region.timeZone) + aheadMs
      const until = from + 2 * dayMs
      const busy = booked.map(({ afterMs, forMs }) => ({ from: from + afterMs, until: from + afterMs + forMs }))
      const slots = freeSlots({ calendar, busy, lengthMs, bufferMs, stepMs, from, until })
      const free = (begin: number) =>
        busy.every((span) => span.until <= begin || span.from >= begin + lengthMs + bufferMs)
      const open = (begin: number) => calendar.openMsBetween(begin, begin + lengthMs) === lengthMs
      for (const slot of slots) {
        const inside = slot.from >= from && slot.from < until && slot.until === slot.from + lengthMs
        if (!inside || !open(slot.from) || !free(slot.from)) return false
      }
      // By another way: minute by minute, everything that is open, free and on the grid of its opening.
      const begun = new Set(slots.map((slot) => slot.from))
      const midnight = Temporal.PlainDate.from(calendar.dateOf(from)).toZonedDateTime(region.timeZone).epochMilliseconds
      for (const span of calendar.spans(midnight, until + lengthMs)) {
        for (let begin = span.from; begin + lengthMs <= span.until && begin < until; begin += stepMs) {
          if (begin >= from && free(begin) && !begun.has(begin)) return false
        }
      }
      return begun.size === slots.length
    }),
    { numRuns: 500 },
  )
})
