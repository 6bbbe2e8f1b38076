/** Loads something when it is first wanted and after every reconnection, trying again as long as that may help. */
import { VisavisError } from '../src/protocol/errors.ts'
import { backoffMs } from './backoff.ts'
import type { Connection } from './connection.ts'
import { Listeners } from './listeners.ts'

export class Refresh {
  readonly #connection: Connection
  readonly #load: () => Promise<void>
  readonly #settled = new Listeners<[]>()
  readonly #stop: () => void
  #following = false
  #loading = false
  #again = false
  #loaded = false
  #error: Error | undefined

  constructor(connection: Connection, load: () => Promise<void>) {
    this.#connection = connection
    this.#load = load
    // What was asked before the first connection is answered on it, and needs no second load.
    this.#stop = connection.onState((state, before) => {
      if (state === 'open' && before !== 'connecting') this.now()
    })
  }

  get following(): boolean {
    return this.#following
  }

  get loaded(): boolean {
    return this.#loaded
  }

  get error(): Error | undefined {
    return this.#error
  }

  /** Called after every load, whether it went well or not. */
  onSettled(listener: () => void): () => void {
    return this.#settled.add(listener)
  }

  follow(): void {
    if (this.#following) return
    this.#following = true
    this.now()
  }

  /** One load at a time; a wish that comes meanwhile is carried out after it. */
  now(): void {
    if (!this.#following || this.#connection.state === 'closed') return
    this.#again = true
    if (this.#loading) return
    this.#loading = true
    void this.#run()
  }

  close(): void {
    this.#following = false
    this.#stop()
  }

  async #run(): Promise<void> {
    for (let failures = 0; this.#again && this.#following; ) {
      this.#again = false
      try {
        await this.#load()
        failures = 0
        this.#loaded = true
        this.#error = undefined
        this.#settled.emit()
      } catch (error) {
        this.#error = error instanceof Error ? error : new Error(String(error))
        this.#settled.emit()
        if (!(error instanceof VisavisError) || !error.retryable || this.#connection.state === 'closed') break
        await new Promise((resolve) => setTimeout(resolve, backoffMs(failures, Math.random(), error.retryAfterMs)))
        failures += 1
        this.#again = true
      }
    }
    this.#loading = false
  }
}
