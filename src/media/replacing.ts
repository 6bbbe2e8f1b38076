/** *Pure.* How long the pool waits before it starts a worker in place of one that died. */

/**
 * A worker that lived this long was healthy. Starting one takes some 40 ms of a core: a program that crashes again and
 * again takes no more than a twentieth of it, and somebody's bad luck is made good at once.
 */
const healthyAfterMs = 1_000
/** The first replacement starts at once; one that dies young, or does not start, is tried again ever more slowly. */
const backoffMs = { first: 100, factor: 2, max: 10_000 }

/** @param livedMs 0 for one that did not start. @returns deaths in a row, this one included. */
export const deathsInRow = (before: number, livedMs: number): number => (livedMs >= healthyAfterMs ? 1 : before + 1)

export function replacementWaitMs(deaths: number): number {
  const { first, factor, max } = backoffMs
  return deaths <= 1 ? 0 : Math.min(max, first * factor ** Math.min(deaths - 2, 16))
}
