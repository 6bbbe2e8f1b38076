/** Who is writing in a channel at this moment, and that this person is. */

/** Others show that somebody is writing for a little longer than it takes until they hear of it again. */
const everyMs = 3_000
const shownMs = 5_000

export interface TypingOptions {
  /** Tells the others. */
  readonly tell: () => void
  readonly onChange: () => void
}

export class Typing {
  readonly #options: TypingOptions
  /** By person: the timer that ends it. */
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>()
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(options: TypingOptions) {
    this.#options = options
  }

  get people(): readonly string[] {
    return [...this.#timers.keys()]
  }

  /** Somebody else is writing. */
  heard(person: string): void {
    clearTimeout(this.#timers.get(person))
    this.#timers.set(
      person,
      setTimeout(() => this.#stopped(person), shownMs),
    )
    this.#options.onChange()
  }

  /** Who has sent a message is not writing it any more; this person's next one is told of from its first letter. */
  sent(person: string, own: boolean): void {
    if (own) this.#toldAt = Number.NEGATIVE_INFINITY
    this.#stopped(person)
  }

  #stopped(person: string): void {
    clearTimeout(this.#timers.get(person))
    if (this.#timers.delete(person)) this.#options.onChange()
  }

  /** This person is writing: told now and then, however often it is said. */
  type(): void {
    const now = performance.now()
    if (now - this.#toldAt < everyMs) return
    this.#toldAt = now
    this.#options.tell()
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
  }
}
