/** Requests of one connection: sent in order, so many in flight, answered in any order. */

/** As the SDK's: fewer than the server's limit of 64. */
const maxInFlightByDefault = 48

interface Request {
  readonly id: number
  readonly frame: string
  readonly answer: PromiseWithResolvers<unknown>
}

export interface RequestsOptions {
  readonly encode: (id: number, method: string, params: object) => string
  readonly send: (frame: string) => void
  readonly maxInFlight?: number | undefined
}

export class Requests {
  readonly #options: RequestsOptions
  readonly #inFlight = new Map<number, Request>()
  readonly #queued: Request[] = []
  #id = 0
  #failure: Error | undefined

  constructor(options: RequestsOptions) {
    this.#options = options
  }

  call(method: string, params: object): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    this.#id += 1
    const request: Request = {
      id: this.#id,
      frame: this.#options.encode(this.#id, method, params),
      answer: Promise.withResolvers<unknown>(),
    }
    this.#queued.push(request)
    this.#send()
    return request.answer.promise
  }

  answer(id: number, outcome: { readonly result: unknown } | { readonly error: Error }): void {
    const request = this.#inFlight.get(id)
    this.#inFlight.delete(id)
    if ('error' in outcome) request?.answer.reject(outcome.error)
    else request?.answer.resolve(outcome.result)
    this.#send()
  }

  /** The connection is gone: everything unanswered fails, and so does whatever is asked later. */
  fail(error: Error): void {
    this.#failure = error
    for (const { answer } of [...this.#inFlight.values(), ...this.#queued]) answer.reject(error)
  }

  #send(): void {
    const { maxInFlight = maxInFlightByDefault } = this.#options
    while (this.#inFlight.size < maxInFlight) {
      const next = this.#queued.shift()
      if (next === undefined) return
      this.#inFlight.set(next.id, next)
      this.#options.send(next.frame)
    }
  }
}
