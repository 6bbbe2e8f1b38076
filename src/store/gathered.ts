/** Does together what is asked for within one turn of the event loop: by one run of a script, say, which costs once what each would. */
import { VisavisError } from '../protocol/errors.ts'

interface Asked<A, R> {
  readonly act: A
  readonly resolve: (result: R) => void
  readonly reject: (error: unknown) => void
}

export class Gathered<A, R> {
  readonly #most: number
  readonly #together: (acts: readonly A[]) => Promise<readonly R[]>
  #asked: Asked<A, R>[] = []

  /**
   * @param most done together, so that nobody else waits for long.
   * @param together does them, and answers in their order. Each must be made to be repeated.
   */
  constructor(most: number, together: (acts: readonly A[]) => Promise<readonly R[]>) {
    this.#most = most
    this.#together = together
  }

  do(act: A): Promise<R> {
    const { promise, resolve, reject } = Promise.withResolvers<R>()
    this.#asked.push({ act, resolve, reject })
    // After all that was read in this turn has been worked on.
    if (this.#asked.length === 1) setImmediate(() => this.#begin())
    return promise
  }

  #begin(): void {
    const asked = this.#asked
    this.#asked = []
    for (let n = 0; n < asked.length; n += this.#most) void this.#work(asked.slice(n, n + this.#most))
  }

  async #work(asked: readonly Asked<A, R>[]): Promise<void> {
    try {
      const results = await this.#together(asked.map(({ act }) => act))
      for (const [n, { resolve }] of asked.entries()) resolve(results[n] as R)
    } catch (error) {
      // What one of them cannot do must keep the others from nothing.
      if (asked.length > 1 && !(error instanceof VisavisError)) for (const one of asked) void this.#work([one])
      else for (const { reject } of asked) reject(error)
    }
  }
}
