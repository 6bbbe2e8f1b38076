/** Keeps tries to get into an appointment that could not be told, until they are: they count as trying, however late. */
import { VisavisError } from '../src/protocol/errors.ts'
import type { AttemptCause } from '../src/protocol/index.ts'
import { makeKey } from './key.ts'
import type { DeviceStorage } from './storage.ts'

export interface KeptAttempt {
  /** Which appointment it was, or in which room, when only that was known. */
  readonly appointment?: string
  readonly room?: string
  readonly key: string
  readonly at: number
  readonly cause: AttemptCause
}

const place = 'visavis.attempts'
const most = 100
/** Of one cause and appointment: whoever presses a button ten times has tried once. */
const apartMs = 60_000
const keptMs = 60 * 24 * 60 * 60 * 1_000

export class AttemptKeeper {
  readonly #storage: DeviceStorage
  #handingIn: Promise<void> | undefined

  constructor(storage: DeviceStorage) {
    this.#storage = storage
  }

  get list(): readonly KeptAttempt[] {
    try {
      const kept: unknown = JSON.parse(this.#storage.getItem(place) ?? '[]')
      return Array.isArray(kept) ? (kept as KeptAttempt[]) : []
    } catch {
      return []
    }
  }

  add(appointment: string, cause: AttemptCause, at: number): void {
    this.#add({ appointment }, cause, at)
  }

  /** Which appointment it was is found out when it is handed in. */
  addIn(room: string, cause: AttemptCause, at: number): void {
    this.#add({ room }, cause, at)
  }

  #add(about: Pick<KeptAttempt, 'appointment' | 'room'>, cause: AttemptCause, at: number): void {
    const same = (kept: KeptAttempt) =>
      kept.appointment === about.appointment && kept.room === about.room && kept.cause === cause
    if (this.list.some((kept) => same(kept) && Math.abs(at - kept.at) < apartMs)) return
    const recent = this.list.filter((kept) => at - kept.at < keptMs)
    this.#set([...recent, { ...about, key: makeKey(), at, cause }].slice(-most))
  }

  /** One after the other; what fails in a way that may pass, or is somebody else's who uses this device, stays. */
  handIn(tell: (attempt: KeptAttempt) => Promise<unknown>): Promise<void> {
    this.#handingIn ??= this.#each(tell).finally(() => {
      this.#handingIn = undefined
    })
    return this.#handingIn
  }

  async #each(tell: (attempt: KeptAttempt) => Promise<unknown>): Promise<void> {
    const tried = new Set<string>()
    // Asked anew each time: more may come meanwhile.
    for (;;) {
      const attempt = this.list.find(({ key }) => !tried.has(key))
      if (attempt === undefined) return
      tried.add(attempt.key)
      try {
        await tell(attempt)
      } catch (error) {
        if (!(error instanceof VisavisError) || error.retryable || error.code === 'GONE') return
        if (error.code === 'NOT_FOUND' || error.code === 'FORBIDDEN') continue
      }
      this.#set(this.list.filter(({ key }) => key !== attempt.key))
    }
  }

  #set(attempts: readonly KeptAttempt[]): void {
    try {
      this.#storage.setItem(place, JSON.stringify(attempts))
    } catch {
      // There is no room: what could be told is told, and no more can be done.
    }
  }
}
