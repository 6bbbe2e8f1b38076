/** *Pure.* How long to wait before the load is asked for again. */

/** As often as nodes look at themselves. */
const usualMs = 5_000
const longestMs = 60_000

/** @param failures in a row. @param random from 0 to 1: pages that lost the same node do not come back at once. */
export const nextAskMs = (failures: number, random: number): number =>
  failures === 0 ? usualMs : Math.min(longestMs, usualMs * 2 ** Math.min(failures, 4)) * (0.5 + random / 2)
