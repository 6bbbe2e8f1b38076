/** At most so many in any minute. Pure: time is an argument. */

const minuteMs = 60_000

export class Pace {
  readonly #perMinute: number
  /** When each of the last minute was counted (ms), the earliest first. */
  #counted: number[] = []

  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** How many more there may be now. */
  free(now: number): number {
    this.#counted = this.#counted.filter((at) => at > now - minuteMs)
    return this.#perMinute - this.#counted.length
  }

  count(now: number): void {
    this.#counted.push(now)
  }

  /** One that was counted did not happen. */
  giveBack(): void {
    this.#counted.pop()
  }
}
