/** *Pure.* How long to wait before connecting again: exponential with full jitter, so that a crowd does not return at once. */

const firstMs = 300
const longestMs = 20_000

/**
 * @param attempt 0 for the first try after a loss.
 * @param random between 0 (inclusive) and 1 (exclusive).
 * @param atLeastMs what the server asked to wait; jitter is added to it.
 */
export const backoffMs = (attempt: number, random: number, atLeastMs = 0): number =>
  // 2^7 · 300 ms is beyond the longest wait; the bound keeps the power finite after days of trying.
  Math.round(atLeastMs + random * Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 7)))

/** A server that asks for more is not believed. */
const longestAskedMs = 120_000

/** The wait that may follow the name of a close code: `RESTART 1200`. */
export function waitOf(reason: string): number {
  const ms = Number(/^[A-Z_]+ (\d+)$/.exec(reason)?.[1] ?? 0)
  return Math.min(ms, longestAskedMs)
}
