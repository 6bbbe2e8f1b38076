/** When each region is open, from config/regions.json: read once, at start. */
import { alwaysOpen, type RegionCalendars, readRegionCalendars, type WrittenPlace } from './calendar/region.ts'

/**
 * @param hours `ignored`: every region is open at any hour, for development and demonstrations.
 * @throws Error with one line per mistake in the file: a region that cannot be read would be closed for ever.
 */
export function openingOf(
  places: readonly (WrittenPlace & { readonly id: string; readonly timeZone: string })[],
  hours: 'kept' | 'ignored',
): ReadonlyMap<string, RegionCalendars> {
  const mistakes: string[] = []
  const calendars = places.flatMap(({ id, ...place }) => {
    const read = readRegionCalendars(id, place)
    if (!('mistakes' in read)) return [[id, hours === 'ignored' ? alwaysOpen(place.timeZone) : read] as const]
    mistakes.push(...read.mistakes)
    return []
  })
  if (mistakes.length === 0) return new Map(calendars)
  throw new Error(`config/regions.json is wrong:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`)
}
