/** src/calendar/holiday-places.json from the library: the places it knows, so that a start need not load it to ask. */
import Holidays from 'date-holidays'

export function holidayPlaces(): string {
  const library = new Holidays()
  const places = Object.keys(library.getCountries()).map((country) => [
    country,
    Object.keys(library.getStates(country) ?? {}).join(' '),
  ])
  return `${JSON.stringify(Object.fromEntries(places), undefined, 2)}\n`
}
