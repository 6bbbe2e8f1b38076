/** Public holidays. The one file that knows the library `date-holidays`; everybody else asks for a date. */
import { createRequire } from 'node:module'
import type Holidays from 'date-holidays'
import holidayPlaces from './holiday-places.json' with { type: 'json' }

/** Where: `{"country": "FR"}`, or a part of it with days of its own: `{"country": "FR", "state": "67"}` (Bas-Rhin). */
export interface Place {
  readonly country: string
  readonly state?: string | undefined
}

/** By country, its parts, as `npm run docs` writes them from the library. */
const places: Readonly<Record<string, string>> = holidayPlaces

const require = createRequire(import.meta.url)
/** That it is there is known from the start on. */
const library = require.resolve('date-holidays')

/**
 * Loads the library, with the calendars of half the world some 100 ms (2026-11, 2 cores): at the latest when a date is asked
 * for. A node that will be asked does it while it has nothing else to do.
 */
export const loadHolidays = (): typeof Holidays => require(library)

/** Whether there are holidays known for a place. */
export const isPlace = ({ country, state }: Place): boolean =>
  Object.hasOwn(places, country) && (state === undefined || (state !== '' && partsOf(country).includes(state)))

const partsOf = (country: string): readonly string[] => places[country]?.split(' ') ?? []

/** Answers for dates as ISO 8601 writes them (2026-05-08). A year is worked out once. */
export function holidaysOf({ country, state }: Place): (date: string) => boolean {
  // Made when it is first asked: a node has many regions, and none of them at start.
  let rules: Holidays | undefined
  const years = new Map<number, ReadonlySet<string>>()
  const datesOf = (year: number): ReadonlySet<string> => {
    const known = years.get(year)
    if (known !== undefined) return known
    const Library = loadHolidays()
    // Others of its types (bank, school, observance) close no agency.
    rules ??= state === undefined ? new Library(country) : new Library(country, state)
    const dates = rules.getHolidays(year).filter(({ type }) => type === 'public')
    const found = new Set(dates.map(({ date }) => date.slice(0, 'yyyy-mm-dd'.length)))
    years.set(year, found)
    return found
  }
  return (date) => datesOf(Number(date.slice(0, 4))).has(date)
}
