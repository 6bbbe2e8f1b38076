/** The regions that ship, and the holidays they keep. */
import { readFile } from 'node:fs/promises'
import t from 'tap'
import { holidayPlaces } from '../../scripts/docs/holiday-places.ts'
import { holidaysOf, isPlace } from '../../src/calendar/holidays.ts'
import { alwaysOpen, type RegionCalendars, readRegionCalendars, type WrittenPlace } from '../../src/calendar/region.ts'

const at = (text: string) => Temporal.Instant.from(text).epochMilliseconds
const file = new URL('../../config/regions.json', import.meta.url)
const regions = JSON.parse(await readFile(file, 'utf8')) as (WrittenPlace & { id: string })[]

const calendars = (id: string): RegionCalendars => {
  const read = readRegionCalendars(id, regions.find((region) => region.id === id) ?? {})
  if ('mistakes' in read) throw new Error(read.mistakes.join('\n'))
  return read
}

t.test(
  'every region that ships can be read, and is open on an ordinary Tuesday and closed on the first of May',
  async (t) => {
    for (const { id } of regions) {
      const calendar = calendars(id).of()
      t.equal(calendar.windows('2026-06-02', 1_800_000).length > 0, true, id)
      t.same(calendar.windows('2026-05-01', 1_800_000), [], id)
      t.same(calendar.windows('2026-06-07', 1_800_000), [], 'Sunday')
    }
  },
)

t.test('the overseas departments open by their own clocks', async (t) => {
  const opensAt = (id: string) => {
    const opening = calendars(id).of().nextOpening(at('2026-06-02T00:00:00Z')) ?? 0
    return new Date(opening).toISOString().slice(11, 16)
  }
  t.same(['bretagne', 'la-reunion', 'mayotte', 'guadeloupe', 'martinique', 'guyane'].map(opensAt), [
    '06:30',
    '04:30',
    '05:30',
    '12:30',
    '12:30',
    '11:30',
  ])
})

t.test(
  'each overseas department keeps its day of the abolition of slavery, Alsace and Moselle their two days',
  async (t) => {
    const open = (id: string, date: string, team?: string) => calendars(id).of(team).windows(date, 1_800_000).length > 0
    const abolition = {
      guadeloupe: '2026-05-27',
      martinique: '2026-05-22',
      guyane: '2026-06-10',
      'la-reunion': '2027-12-20',
      mayotte: '2026-04-27',
    }
    for (const [id, date] of Object.entries(abolition)) {
      t.equal(open(id, date), false, `${id} ${date}`)
      t.equal(open('bretagne', date), true, `bretagne ${date}`)
    }
    const goodFriday = '2026-04-03'
    for (const state of ['57', '67', '68']) {
      const isHoliday = holidaysOf({ country: 'FR', state })
      t.ok(isHoliday(goodFriday) && isHoliday('2026-12-26'), state)
    }
    t.equal(open('grand-est', goodFriday), true, 'Champagne works')
    const read = readRegionCalendars('grand-est', {
      ...regions.find(({ id }) => id === 'grand-est'),
      teams: { strasbourg: { holidays: { country: 'FR', state: '67' }, closed: ['2026-06-02'] } },
    })
    if ('mistakes' in read) throw new Error(read.mistakes.join())
    t.same(read.of('strasbourg').windows(goodFriday, 1_800_000), [])
    t.same(read.of('strasbourg').windows('2026-06-02', 1_800_000), [], 'a closed day of the agency')
    t.ok(read.of('reims').windows(goodFriday, 1_800_000).length > 0)
  },
)

t.test('mistakes in the file are told all at once, each with its place', async (t) => {
  const read = readRegionCalendars('nowhere', {
    timeZone: 'Europe/Paris',
    hours: { monday: ['8h-12h'] },
    holidays: { country: 'FR', state: 'XX' },
    closed: ['2026-02-30', 7],
    teams: { one: { timeZone: 'Mars/Olympus' } },
  })
  t.same('mistakes' in read ? read.mistakes.map((mistake) => mistake.slice(0, mistake.indexOf(':'))) : read, [
    'nowhere.hours',
    'nowhere.closed',
    'nowhere.closed',
    'nowhere.holidays',
    'nowhere.teams.one.timeZone',
  ])
  for (const wrong of [{}, { timeZone: 'Europe/Paris', teams: [] }, { timeZone: 'Europe/Paris', holidays: 'FR' }])
    t.ok('mistakes' in readRegionCalendars('x', wrong), JSON.stringify(wrong))
})

t.test('places', async (t) => {
  const known = await readFile(new URL('../../src/calendar/holiday-places.json', import.meta.url), 'utf8')
  t.equal(known, holidayPlaces(), 'what is known of them is what the library of today says: else "npm run docs"')
  t.ok(isPlace({ country: 'FR' }) && isPlace({ country: 'FR', state: '57' }))
  t.notOk(isPlace({ country: 'QQ' }) || isPlace({ country: 'FR', state: 'QQ' }))
  t.ok(alwaysOpen('Indian/Reunion').of('any').isOpen(at('2026-05-01T00:00:00Z')))
})
