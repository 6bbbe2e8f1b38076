/** *Pure.* How long a room waits before it joins again after its media ended. */
import { backoffMs } from './backoff.ts'

/**
 * A join that lasted so long was a good one. A room that ends its worker every second costs its node a new process each
 * time, some 40 ms of one core: no more than that is given to it.
 */
const goodAfterMs = 1_000
/** So many in a row that did not last are bad luck, and more are no accident. */
const luckless = 2

/** @param hasty joins in a row, before this one, that did not last. @returns how many there are now. */
export const hastyNow = (hasty: number, lastedMs: number): number => (lastedMs >= goodAfterMs ? 0 : hasty + 1)

/** @param random between 0 (inclusive) and 1 (exclusive). */
export const rejoinWaitMs = (hasty: number, random: number): number =>
  hasty <= luckless ? 0 : backoffMs(hasty - luckless, random)
