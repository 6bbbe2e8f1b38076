/**
 * Pure: whether bytes come fast enough. Each second has to be earned by some bytes; what was earned is kept up to a bound,
 * so that a fast line may stand still for a moment and a slow one keeps going, but nobody holds a connection by dripping.
 * Time is an argument (ms, monotonic).
 */
export interface PaceRule {
  readonly bytesPerSecond: number
  /** To begin with. */
  readonly graceMs: number
  /** Most that can be earned ahead: the longest silence. */
  readonly longestSilenceMs: number
}

export class Pace {
  readonly #rule: PaceRule
  #deadline: number

  constructor(rule: PaceRule, now: number) {
    this.#rule = rule
    this.#deadline = now + rule.graceMs
  }

  took(bytes: number, now: number): void {
    const { bytesPerSecond, longestSilenceMs } = this.#rule
    const earned = this.#deadline + (bytes * 1_000) / bytesPerSecond
    this.#deadline = Math.min(earned, now + longestSilenceMs)
  }

  /** How long the next bytes may take; 0 or less when time is up. */
  leftMs(now: number): number {
    return this.#deadline - now
  }
}
