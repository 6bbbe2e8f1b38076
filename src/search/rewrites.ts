/** When the index is rewritten to leave no trace of erased text: at once, but a large one at most a tenth of the time. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'

export interface RewritesOptions {
  readonly rewrite: () => Promise<void>
  readonly log: Logger
  /** How long traces of what nobody waits for may stay. */
  readonly laterMs?: number
}

/** After a rewrite comes a rest, so many times as long as what it took beyond half a second. */
const restShare = 9
const shortMs = 500
const retryMs = 10_000

export class Rewrites {
  readonly #options: RewritesOptions
  readonly #stop = new AbortController()
  #waiting: PromiseWithResolvers<void>[] = []
  #running: Promise<void> | undefined
  #later: NodeJS.Timeout | undefined
  #restUntil = Number.NEGATIVE_INFINITY

  constructor(options: RewritesOptions) {
    this.#options = options
  }

  /** Resolves after a rewrite that began after this call. @throws Error when closed before. */
  now(): Promise<void> {
    const rewritten = Promise.withResolvers<void>()
    if (this.#stop.signal.aborted) rewritten.reject(closed())
    else {
      this.#waiting.push(rewritten)
      this.#running ??= this.#run()
    }
    return rewritten.promise
  }

  /** Messages are edited and deleted all the time: for all of a while one rewrite is enough. */
  later(): void {
    if (this.#stop.signal.aborted) return
    this.#later ??= setTimeout(() => void this.now().catch(() => {}), this.#options.laterMs ?? 60 * 60 * 1_000)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    clearTimeout(this.#later)
    await this.#running
    for (const { reject } of this.#waiting.splice(0)) reject(closed())
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    while (this.#waiting.length > 0 && !signal.aborted) {
      await delay(Math.max(0, this.#restUntil - performance.now()), undefined, { signal }).catch(() => {})
      if (!signal.aborted) await this.#once()
    }
    this.#running = undefined
  }

  async #once(): Promise<void> {
    const { rewrite, log } = this.#options
    const served = this.#waiting.splice(0)
    clearTimeout(this.#later)
    this.#later = undefined
    const startedAt = performance.now()
    try {
      await rewrite()
      for (const { resolve } of served) resolve()
      const tookMs = performance.now() - startedAt
      this.#restUntil = performance.now() + restShare * Math.max(0, tookMs - shortMs)
      log.info({ tookMs: Math.round(tookMs) }, 'the search index was rewritten to leave no trace of erased text')
    } catch (err) {
      this.#waiting.unshift(...served)
      this.#restUntil = performance.now() + retryMs
      if (!this.#stop.signal.aborted) log.warn({ err }, 'the search index could not be rewritten; trying again')
    }
  }
}

const closed = () => new Error('the search index is closed')
