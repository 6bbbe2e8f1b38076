/** Replaces the token of a session before it runs out, without the connection noticing. */
import { VisavisError } from '../src/protocol/errors.ts'
import { backoffMs } from './backoff.ts'

/** Of the token's life; enough is left for a new one to be had on a slow network. */
const share = 0.8
/** A token that was handed out again and lives no longer than before is asked for anew at most so often. */
const againMs = 5_000
/** `setTimeout` fires at once beyond it. */
const longestTimerMs = 2 ** 31 - 1

export interface TokenRefreshOptions {
  /** Asks for a token and tells it to the server. @returns when the new one expires (ms, the server's clock). */
  readonly refresh: () => Promise<number>
  /** It is refused, or time is up: only a new connection with a new token helps. */
  readonly onRefused: (error: Error) => void
  /** The server's clock. */
  readonly now: () => number
}

export class TokenRefresh {
  readonly #options: TokenRefreshOptions
  #timer: ReturnType<typeof setTimeout> | undefined
  #expiresAt = 0
  /** When the next refresh is due (ms, the server's clock). */
  #dueAt = 0
  #refreshing = false
  /** Counts sessions: what was asked in a former one is of no interest. */
  #session = 0

  constructor(options: TokenRefreshOptions) {
    this.#options = options
  }

  /** A session is open with a token that lives until `expiresAt`. */
  start(expiresAt: number): void {
    this.stop()
    this.#expiresAt = expiresAt
    this.#schedule(0)
  }

  stop(): void {
    this.#session += 1
    this.#refreshing = false
    clearTimeout(this.#timer)
  }

  /** The server warns that the token is about to expire. Usually a refresh is under way or near; timers may be late. */
  ending(): void {
    if (this.#options.now() >= this.#dueAt) this.#begin()
  }

  #schedule(atLeastMs: number): void {
    const now = this.#options.now()
    const waitMs = Math.min(Math.max(share * (this.#expiresAt - now), atLeastMs, 0), longestTimerMs)
    this.#dueAt = now + waitMs
    this.#timer = setTimeout(() => this.#begin(), waitMs)
  }

  #begin(): void {
    if (this.#refreshing) return
    clearTimeout(this.#timer)
    this.#refreshing = true
    void this.#run(this.#session)
  }

  async #run(session: number): Promise<void> {
    const superseded = () => session !== this.#session
    for (let failures = 0; !superseded(); failures += 1) {
      try {
        const expiresAt = await this.#options.refresh()
        if (superseded()) return
        this.#refreshing = false
        const isNew = expiresAt > this.#expiresAt
        this.#expiresAt = expiresAt
        this.#schedule(isNew ? 0 : againMs)
        return
      } catch (error) {
        if (superseded()) return
        // Whatever keeps `token` from giving one may pass until the token has run out.
        const mayPass = !(error instanceof VisavisError) || error.retryable
        const waitMs = backoffMs(failures, Math.random(), error instanceof VisavisError ? error.retryAfterMs : 0)
        if (!mayPass || this.#options.now() + waitMs > this.#expiresAt) {
          this.#refreshing = false
          this.#options.onRefused(error instanceof Error ? error : new Error(String(error)))
          return
        }
        await new Promise((resolve) => setTimeout(resolve, waitMs))
      }
    }
  }
}
