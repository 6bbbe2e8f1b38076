/** Functions to call when something happens. */
export class Listeners<Args extends readonly unknown[]> {
  readonly #listeners = new Set<{ readonly call: (...args: Args) => void }>()

  /** @returns a function that removes the listener; calling it twice is harmless. */
  add(call: (...args: Args) => void): () => void {
    const listener = { call }
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** A listener that throws does not keep the others from being called; its error surfaces as an uncaught one. */
  emit(...args: Args): void {
    for (const { call } of [...this.#listeners]) {
      try {
        call(...args)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  get size(): number {
    return this.#listeners.size
  }
}
