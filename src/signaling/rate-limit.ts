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

/** What becomes of somebody who arrives: in after `holdMs` of waiting here (0: at once), or away for `comeBackMs`. */
export type Arrival = { readonly holdMs: number } | { readonly comeBackMs: number }

/**
 * Lets people in at a rate and after a burst. Whoever would be in soon keeps their connection and their place: making one
 * costs a node as much as opening a session does. Everybody else is given a later time each, so that a crowd is spread.
 */
export class Admission {
  readonly #rate: Rate
  readonly #longest: { readonly holdMs: number; readonly comeBackMs: number }
  /** With less than nothing in it while somebody waits here. */
  #bucket: Bucket | undefined
  #comeBackAt = 0

  /** @param longest nobody waits here longer, and nobody is sent away for longer. */
  constructor(rate: Rate, longest: { readonly holdMs: number; readonly comeBackMs: number }) {
    this.#rate = rate
    this.#longest = longest
  }

  ask(now: number): Arrival {
    const { holdMs, comeBackMs } = this.#longest
    const { bucket, waitMs } = take(this.#bucket ?? fullBucket(this.#rate, now), this.#rate, 1, now)
    this.#bucket = waitMs === 0 || waitMs > holdMs ? bucket : { ...bucket, tokens: bucket.tokens - 1 }
    if (waitMs <= holdMs) return { holdMs: waitMs }
    this.#comeBackAt = Math.max(this.#comeBackAt, now + waitMs) + 1_000 / this.#rate.perSecond
    return { comeBackMs: Math.min(Math.ceil(this.#comeBackAt - now), comeBackMs) }
  }
}
