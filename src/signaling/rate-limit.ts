/** Pure: budgets of requests. Time is an argument (ms, monotonic). */

export interface Rate {
  /** Tokens gained per second. */
  readonly perSecond: number
  /** Most tokens that can be saved up. */
  readonly burst: number
}

/** Tokens left, at a time. */
export interface Bucket {
  readonly tokens: number
  readonly at: number
}

export const fullBucket = ({ burst }: Rate, now: number): Bucket => ({ tokens: burst, at: now })

export const isFull = ({ tokens, at }: Bucket, { perSecond, burst }: Rate, now: number): boolean =>
  tokens + (Math.max(0, now - at) * perSecond) / 1_000 >= burst

/** Takes `cost` tokens, or says after how long they will be there. A cost above the burst counts as the burst. */
export function take(
  { tokens, at }: Bucket,
  { perSecond, burst }: Rate,
  cost: number,
  now: number,
): { readonly bucket: Bucket; readonly waitMs: number } {
  const gained = Math.min(burst, tokens + (Math.max(0, now - at) * perSecond) / 1_000)
  const price = Math.min(cost, burst)
  if (gained >= price) return { bucket: { tokens: gained - price, at: now }, waitMs: 0 }
  return { bucket: { tokens: gained, at: now }, waitMs: Math.ceil(((price - gained) * 1_000) / perSecond) }
}

/** Who may come now, and when everybody else may: each refused one is given a later place, so that a crowd is spread. */
export class Admission {
  readonly #rate: Rate
  readonly #longestMs: number
  #bucket: Bucket | undefined
  #nextAt = 0

  /** @param longestMs nobody is asked to wait longer. */
  constructor(rate: Rate, longestMs: number) {
    this.#rate = rate
    this.#longestMs = longestMs
  }

  /** @returns 0 to come in, or how many ms to wait. */
  ask(now: number): number {
    this.#bucket ??= fullBucket(this.#rate, now)
    const { bucket, waitMs } = take(this.#bucket, this.#rate, 1, now)
    this.#bucket = bucket
    if (waitMs === 0) return 0
    this.#nextAt = Math.max(this.#nextAt, now) + 1_000 / this.#rate.perSecond
    return Math.min(Math.ceil(Math.max(waitMs, this.#nextAt - now)), this.#longestMs)
  }
}
