/** Public holidays. The one file that knows the library `date-holidays`; everybody else asks for a date. */
import Holidays from 'date-holidays'

/** Where: `{"country": "FR"}`, or a part of it with days of its own: `{"country": "FR", "state": "67"}` (Bas-Rhin). */
export interface Place {
  readonly country: string
  readonly state?: string | undefined
}

const library = new Holidays()
const countries = library.getCountries()

/** Whether there are holidays known for a place. */
export const isPlace = ({ country, state }: Place): boolean =>
  Object.hasOwn(countries, country) && (state === undefined || Object.hasOwn(library.getStates(country) ?? {}, state))

/** Answers for dates as ISO 8601 writes them (2026-05-08). A year is worked out once. */
export function holidaysOf({ country, state }: Place): (date: string) => boolean {
  // Made when it is first asked: a node has many regions, and none of them at start.
  let rules: Holidays | undefined
  const years = new Map<number, ReadonlySet<string>>()
  const datesOf = (year: number): ReadonlySet<string> => {
    const known = years.get(year)
    if (known !== undefined) return known
    // Others of its types (bank, school, observance) close no agency.
    rules ??= state === undefined ? new Holidays(country) : new Holidays(country, state)
    const dates = rules.getHolidays(year).filter(({ type }) => type === 'public')
    const found = new Set(dates.map(({ date }) => date.slice(0, 'yyyy-mm-dd'.length)))
    years.set(year, found)
    return found
  }
  return (date) => datesOf(Number(date.slice(0, 4))).has(date)
}
