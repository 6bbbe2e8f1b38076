/** *Pure.* How much of a load takes a given share of a core, from loads that were measured. */

export interface LoadPoint {
  readonly rooms: number
  /** Cores that it took. */
  readonly cores: number
}

/**
 * On straight lines between what was measured, with the mean of equal loads: cost per room falls as they become more, so that
 * half of the largest load takes more than half of its processor. Beyond what was measured, along the line to the nearest
 * one.
 * @returns rooms, 1 at least. @throws RangeError when nothing was measured.
 */
export function roomsAt(cores: number, measured: readonly LoadPoint[]): number {
  const means = [...Map.groupBy(measured, ({ rooms }) => rooms)]
    .map(([rooms, points]) => ({ rooms, cores: points.reduce((sum, point) => sum + point.cores, 0) / points.length }))
    .toSorted((a, b) => a.rooms - b.rooms)
  const last = means.at(-1)
  if (last === undefined) throw new RangeError('nothing was measured')
  const above = means.find((point) => point.cores >= cores)
  const below = means.findLast((point) => point.cores < cores && (above === undefined || point.rooms < above.rooms))
  const [from, to] = [below ?? { rooms: 0, cores: 0 }, above ?? last]
  const rooms =
    above === undefined
      ? (last.rooms * cores) / last.cores
      : from.rooms + ((cores - from.cores) / (to.cores - from.cores)) * (to.rooms - from.rooms)
  return Math.max(1, Math.round(rooms))
}
