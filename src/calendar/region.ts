/** The calendars of a region and of its teams, as config/regions.json describes them. Pure. */
import { type Calendar, createCalendar } from './calendar.ts'
import { holidaysOf, isPlace, type Place } from './holidays.ts'
import { always, readWeek, type Week } from './week.ts'

/** What the calendar reads of an entry of config/regions.json. */
export interface WrittenPlace {
  readonly timeZone?: unknown
  /** Openings by weekday. Absent: open at every moment. */
  readonly hours?: unknown
  /** Whose public holidays are closed: `{"country": "FR", "state": "RE"}`. Absent: none. */
  readonly holidays?: unknown
  /** Further closed days, as local dates: `["2026-05-15"]`. */
  readonly closed?: unknown
  /** By team, what differs from the region: an agency of Alsace has two holidays more than the rest of Grand Est. */
  readonly teams?: unknown
}

export interface RegionCalendars {
  /** Of a team that says nothing of its own, the region's. */
  of(team?: string): Calendar
}

type Mistake = (path: string, text: string) => void

/** @returns the calendars, or every mistake in the words of an operator who reads the file. */
export function readRegionCalendars(
  region: string,
  written: WrittenPlace,
): RegionCalendars | { readonly mistakes: readonly string[] } {
  const mistakes: string[] = []
  const note: Mistake = (path, text) => {
    mistakes.push(`${region}${path}: ${text}`)
  }
  const whole = placeOf(written, note, '')
  const teams = new Map<string, Calendar>()
  for (const [team, own] of Object.entries(teamsOf(written, note))) {
    const place = placeOf({ ...written, ...own }, note, `.teams.${team}`)
    if (place !== undefined) teams.set(team, place)
  }
  if (whole === undefined || mistakes.length > 0) return { mistakes: [...new Set(mistakes)] }
  return { of: (team) => (team === undefined ? whole : (teams.get(team) ?? whole)) }
}

/** The calendars of a service that answers at any hour, in the time zone of each region. */
export const alwaysOpen = (timeZone: string): RegionCalendars => {
  const calendar = createCalendar({ timeZone, hours: always, isClosed: () => false })
  return { of: () => calendar }
}

function placeOf(written: WrittenPlace, note: Mistake, path: string): Calendar | undefined {
  const { timeZone } = written
  if (typeof timeZone !== 'string' || !isTimeZone(timeZone)) {
    note(`${path}.timeZone`, `${shown(timeZone)}, expected an IANA name such as "Europe/Paris"`)
    return undefined
  }
  const hours = hoursOf(written.hours, note, path)
  const closed = closedOf(written.closed, note, path)
  const place = holidayPlaceOf(written.holidays, note, path)
  const isHoliday = place === undefined ? () => false : holidaysOf(place)
  return createCalendar({ timeZone, hours, isClosed: (date) => closed.has(date) || isHoliday(date) })
}

function hoursOf(written: unknown, note: Mistake, path: string): Week {
  if (written === undefined) return always
  const week = readWeek(written)
  if (!('mistakes' in week)) return week
  for (const mistake of week.mistakes) note(`${path}.hours`, mistake)
  return always
}

function closedOf(written: unknown, note: Mistake, path: string): ReadonlySet<string> {
  if (written === undefined) return new Set()
  const days: readonly unknown[] = Array.isArray(written) ? written : [written]
  for (const day of days)
    if (!isDate(day)) note(`${path}.closed`, `${shown(day)}, expected a date such as "2026-05-15"`)
  return new Set(days.filter(isDate))
}

function holidayPlaceOf(written: unknown, note: Mistake, path: string): Place | undefined {
  if (written === undefined) return undefined
  const { country, state, ...others } = isRecord(written) ? written : {}
  const place = { country, state }
  const known = typeof country === 'string' && (state === undefined || typeof state === 'string')
  if (known && Object.keys(others).length === 0 && isPlace(place as Place)) return place as Place
  note(`${path}.holidays`, `${shown(written)}, expected {"country": "FR"} or with a "state" that date-holidays knows`)
  return undefined
}

function teamsOf({ teams }: WrittenPlace, note: Mistake): Record<string, WrittenPlace> {
  if (teams === undefined) return {}
  if (isRecord(teams) && Object.values(teams).every(isRecord)) return teams as Record<string, WrittenPlace>
  note('.teams', 'expected an object of teams')
  return {}
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 60)

function isDate(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  try {
    return Temporal.PlainDate.from(value).toString() === value
  } catch {
    return false
  }
}

/** Asked of Temporal, which knows the same names as Intl: a format of Intl takes 2 ms to make, for each region of every start. */
function isTimeZone(name: string): boolean {
  try {
    return new Temporal.ZonedDateTime(0n, name).timeZoneId !== ''
  } catch {
    return false
  }
}
