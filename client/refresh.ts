/** Loads something when it is asked to, one load at a time, trying again as long as that may help. */
import { VisavisError } from '../src/protocol/errors.ts'
import { backoffMs } from './backoff.ts'
import type { Connection } from './connection.ts'
import { Listeners } from './listeners.ts'

export class Refresh {
  readonly #connection: Connection
  readonly #load: () => Promise<void>
  readonly #settled = new Listeners<[]>()
  #closed = false
  #loading = false
  #again = false
  #error: Error | undefined

  constructor(connection: Connection, load: () => Promise<void>) {
    this.#connection = connection
    this.#load = load
  }

  get error(): Error | undefined {
    return this.#error
  }

  /** Whether an answer is on its way: what is heard of before it comes may be newer. */
  get loading(): boolean {
    return this.#loading
  }

  /** Called after every load, whether it went well or not. */
  onSettled(listener: () => void): () => void {
    return this.#settled.add(listener)
  }

  /** A wish that comes during a load is carried out after it. */
  now(): void {
    if (this.#closed || this.#connection.state === 'closed') return
    this.#again = true
    if (this.#loading) return
    this.#loading = true
    void this.#run()
  }

  close(): void {
    this.#closed = true
  }

  async #run(): Promise<void> {
    for (let failures = 0; this.#again && !this.#closed; ) {
      this.#again = false
      try {
        await this.#load()
        failures = 0
        this.#error = undefined
        this.#settled.emit()
      } catch (error) {
        this.#error = error instanceof Error ? error : new Error(String(error))
        this.#settled.emit()
        // A wish that came meanwhile is carried out nevertheless: what was refused may be theirs by now.
        if (!(error instanceof VisavisError) || !error.retryable || this.#connection.state === 'closed') continue
        await new Promise((resolve) => setTimeout(resolve, backoffMs(failures, Math.random(), error.retryAfterMs)))
        failures += 1
        this.#again = true
      }
    }
    this.#loading = false
  }
}
