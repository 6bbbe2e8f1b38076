/** *Pure.* How much of a load takes a given share of a core, from loads that were measured. */

export interface LoadPoint {
  readonly rooms: number
  /** Cores that it took. */
  readonly cores: number
}

/**
 * On straight lines between what was measured, with the mean of equal loads: cost per room falls as they become more, so that
 * half of the largest load takes more than half of its processor. Beyond what was measured, in proportion to the largest load.
 * @returns rooms, 1 at least. @throws RangeError when nothing was measured.
 */
export function roomsAt(cores: number, measured: readonly LoadPoint[]): number {
  if (measured.length === 0) throw new RangeError('nothing was measured')
  const means = [...Map.groupBy(measured, ({ rooms }) => rooms)]
    .map(([rooms, points]) => ({ rooms, cores: points.reduce((sum, point) => sum + point.cores, 0) / points.length }))
    .toSorted((a, b) => a.rooms - b.rooms)
  let from: LoadPoint = { rooms: 0, cores: 0 }
  for (const to of means) {
    if (to.cores >= cores) {
      const way = (cores - from.cores) / (to.cores - from.cores)
      return whole(from.rooms + way * (to.rooms - from.rooms))
    }
    from = to
  }
  return whole((from.rooms * cores) / from.cores)
}

const whole = (rooms: number): number => Math.max(1, Math.round(rooms))
