/** Redis's clock, which all nodes share, read without asking each time. A node's own clock may be wrong or jump. */
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'

/** How long one reading is trusted. */
const trustMs = 5_000

export class Clock {
  readonly #client: RedisClient
  /** What to add to `performance.now()`, which only ever goes on. */
  #offset = 0
  #readAt = Number.NEGATIVE_INFINITY

  constructor(client: RedisClient) {
    this.#client = client
  }

  /** ms since the epoch; off by the time of one answer at most. Decides nothing by itself: the scripts ask again. */
  async now(): Promise<number> {
    const asked = performance.now()
    // Never ahead: what is to be now must not be in a moment.
    if (asked - this.#readAt < trustMs) return Math.floor(asked + this.#offset)
    const [seconds = 0, microseconds = 0] = await outageAware(this.#client.time())
    const at = Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000)
    this.#readAt = performance.now()
    this.#offset = at - this.#readAt
    return at
  }
}
