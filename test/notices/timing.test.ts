import fc from 'fast-check'
import t from 'tap'
import { afterQuiet, isQuiet, notBefore } from '../../src/notices/timing.ts'

const minute = 60_000
const hour = 60 * minute
const timeZones = [
  'Europe/Paris',
  'America/Cayenne',
  'America/Guadeloupe',
  'Indian/Reunion',
  // Half an hour of daylight saving, and three quarters of an hour off.
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  // Clocks are set at midnight.
  'America/Santiago',
  'UTC',
]

const moment = (text: string) => Temporal.ZonedDateTime.from(text).epochMilliseconds
const shown = (at: number, timeZone: string) =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toString({ timeZoneName: 'never' })
const paris = 'Europe/Paris'
const place = { timeZone: paris, dailyAt: '09:00' }
const night = { from: '20:00', until: '08:00' }

t.test('each goes at once, off never, and quiet hours wait for their end', async (t) => {
  const noon = moment('2027-03-03T12:00[Europe/Paris]')
  const evening = moment('2027-03-03T20:00[Europe/Paris]')
  t.equal(notBefore(noon, { digest: 'each' }, place), noon)
  t.equal(notBefore(noon, { digest: 'each', quiet: night }, place), noon)
  t.equal(notBefore(noon, { digest: 'off' }, place), undefined)
  t.equal(notBefore(evening - 1, { digest: 'each', quiet: night }, place), evening - 1)
  t.equal(notBefore(evening, { digest: 'each', quiet: night }, place), moment('2027-03-04T08:00[Europe/Paris]'))
  const lunch = { from: '12:00', until: '13:30' }
  t.equal(notBefore(noon, { digest: 'each', quiet: lunch }, place), moment('2027-03-03T13:30[Europe/Paris]'))
})

t.test('daily goes at the stated hour, later if that is within quiet hours', async (t) => {
  const daily = (text: string, quiet = {}) => notBefore(moment(text), { digest: 'daily', ...quiet }, place)
  t.equal(daily('2027-03-03T08:59[Europe/Paris]'), moment('2027-03-03T09:00[Europe/Paris]'))
  t.equal(daily('2027-03-03T09:00[Europe/Paris]'), moment('2027-03-03T09:00[Europe/Paris]'))
  t.equal(daily('2027-03-03T09:00:01[Europe/Paris]'), moment('2027-03-04T09:00[Europe/Paris]'))
  const long = { quiet: { from: '18:00', until: '10:15' } }
  t.equal(daily('2027-03-03T07:00[Europe/Paris]', long), moment('2027-03-03T10:15[Europe/Paris]'))
})

t.test('a night is an hour shorter or longer when clocks are set', async (t) => {
  // 28 March 2027: 02:00 becomes 03:00. 31 October 2027: 03:00 becomes 02:00.
  const wait = (text: string, quiet = night) => afterQuiet(moment(text), quiet, paris) - moment(text)
  t.equal(wait('2027-03-27T20:00[Europe/Paris]'), 11 * hour)
  t.equal(wait('2027-10-30T20:00[Europe/Paris]'), 13 * hour)
  const ends = { from: '22:00', until: '02:30' }
  t.equal(wait('2027-03-28T01:00[Europe/Paris]', ends), hour, 'half past two does not come: its hour is over at three')
  t.equal(wait('2027-10-31T01:00[Europe/Paris]', ends), 1.5 * hour, 'the first half past two')
  t.equal(
    afterQuiet(moment('2027-10-31T02:10+01:00[Europe/Paris]'), ends, paris),
    moment('2027-10-31T02:30+01:00[Europe/Paris]'),
    'two o’clock again is quiet again',
  )
  const rarely = { from: '03:00', until: '02:00' }
  t.equal(
    wait('2027-03-28T00:00[Europe/Paris]', rarely),
    25 * hour,
    'an hour that is left out is waited for a day more',
  )
})

const times = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([hours, minutes]) => `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`)
const quiets = fc.record({ from: times, until: times }).filter(({ from, until }) => from !== until)
/** Near days on which clocks are set somewhere, or anywhere in some years. */
const moments = fc.oneof(
  fc.integer({ min: moment('2024-01-01T00:00[UTC]'), max: moment('2032-01-01T00:00[UTC]') }),
  ...['2027-03-28', '2027-10-31', '2027-04-04', '2027-10-03', '2027-09-05'].map((day) =>
    fc.integer({ min: moment(`${day}T00:00[UTC]`) - 36 * hour, max: moment(`${day}T00:00[UTC]`) + 36 * hour }),
  ),
)
const zones = fc.constantFrom(...timeZones)

t.test('quiet hours end at the first moment that is not quiet', async () => {
  fc.assert(
    fc.property(moments, quiets, zones, (now, quiet, timeZone) => {
      const then = afterQuiet(now, quiet, timeZone)
      if (then < now || isQuiet(then, quiet, timeZone)) return false
      // Every minute in between is quiet: the boundaries are whole minutes.
      for (let at = Math.ceil(now / minute) * minute; at < then; at += minute) {
        if (!isQuiet(at, quiet, timeZone)) return false
      }
      return then === now || isQuiet(now, quiet, timeZone)
    }),
    { numRuns: 500 },
  )
})

t.test('what is ready stays ready, and later is never earlier', async () => {
  const preferences = fc.record({
    digest: fc.constantFrom('each', 'daily'),
    quiet: fc.option(quiets, { nil: undefined }),
  })
  fc.assert(
    fc.property(
      moments,
      fc.integer({ min: 0, max: 3 * 24 * hour }),
      preferences,
      times,
      zones,
      (now, later, wish, dailyAt, timeZone) => {
        const { quiet, digest } = wish
        const by = (at: number) =>
          notBefore(at, { digest, ...(quiet === undefined ? {} : { quiet }) } as Parameters<typeof notBefore>[1], {
            timeZone,
            dailyAt,
          }) ?? 0
        const ready = by(now)
        const quietly = digest === 'each' || quiet === undefined
        return ready >= now && ready - now <= 75 * hour && by(now + later) >= ready && (!quietly || by(ready) === ready)
      },
    ),
    { numRuns: 1_000 },
  )
})

t.test('a daily notice has one moment a day, whatever clocks do', async () => {
  fc.assert(
    fc.property(moments, times, zones, (now, dailyAt, timeZone) => {
      const ready = notBefore(now, { digest: 'daily' }, { timeZone, dailyAt }) ?? 0
      const next = notBefore(ready + 1, { digest: 'daily' }, { timeZone, dailyAt }) ?? 0
      const [day, following] = [shown(ready, timeZone).slice(0, 10), shown(next, timeZone).slice(0, 10)]
      const time = shown(ready, timeZone).slice(11, 16)
      // Where clocks leave the hour out it is told by clocks that have been set.
      return (
        following === Temporal.PlainDate.from(day).add({ days: 1 }).toString() && (time === dailyAt || time > dailyAt)
      )
    }),
    { numRuns: 1_000 },
  )
})
