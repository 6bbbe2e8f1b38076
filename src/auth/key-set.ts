/** The issuer's keys: fetched when they are needed, kept through its outages, and followed when they rotate. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { VisavisError } from '../protocol/index.ts'
import { fetchKeys } from './fetch-keys.ts'
import { type Algorithm, readKeys, type VerificationKey } from './jwk.ts'
import { nextStep, type RefreshRules, type RefreshState, type Step } from './key-refresh.ts'

export interface KeySetOptions extends Pick<RefreshRules, 'refreshMs' | 'maxStaleMs'> {
  readonly url: string
  readonly log: Logger
  /** Default 3 s: a token of a brand-new key waits this long at most, and an answer fits into `session.open`'s time. */
  readonly cooldownMs?: number
  /** Default 3 s. */
  readonly timeoutMs?: number
  /** Default 256 kB. */
  readonly maxBytes?: number
  /** Tokens of unknown keys that may wait for the next fetch at the same time; more are sent away. Default 1,000. */
  readonly maxWaiting?: number
}

export class KeySet {
  readonly #options: Required<KeySetOptions>
  #keys: readonly VerificationKey[] = []
  #state: RefreshState = { fetchedAt: undefined, triedAt: undefined, failing: false }
  #fetching: Promise<void> | undefined
  #pause: Promise<void> | undefined
  #waiting = 0

  constructor(options: KeySetOptions) {
    this.#options = { cooldownMs: 3_000, timeoutMs: 3_000, maxBytes: 262_144, maxWaiting: 1_000, ...options }
  }

  /**
   * The key that a token names. A token without `kid` names the only key of the set, if there is but one.
   * Unknown keys cost the issuer one fetch per `cooldownMs` in all, however many tokens name them.
   * @returns undefined when the issuer has no such key.
   * @throws VisavisError UNAVAILABLE when the issuer is away and the key is unknown or too old.
   */
  async find(algorithm: Algorithm, id: string | undefined): Promise<VerificationKey | undefined> {
    const step = this.#step(id)
    if (step.do === 'use') return this.#pick(algorithm, id)
    if (step.do === 'use-and-refresh') {
      void this.refresh()
      return this.#pick(algorithm, id)
    }
    // A fetch that is on its way is joined.
    if (this.#fetching === undefined) {
      if (step.do === 'away') throw away(step.ms)
      if (step.do === 'wait') await this.#wait(step.ms)
    }
    await this.refresh()
    const after = this.#step(id)
    // The fetch has failed: the keys at hand may do, else nothing can be said about the token.
    if (this.#state.failing && after.do !== 'use' && after.do !== 'use-and-refresh') {
      throw away('ms' in after ? after.ms : this.#options.cooldownMs)
    }
    return this.#pick(algorithm, id)
  }

  /**
   * Fetches the keys unless that was done less than `cooldownMs` ago; callers at the same time share one fetch.
   * Never rejects: a failure is logged and remembered.
   */
  refresh(): Promise<void> {
    const { triedAt } = this.#state
    if (
      this.#fetching === undefined &&
      triedAt !== undefined &&
      performance.now() < triedAt + this.#options.cooldownMs
    ) {
      return Promise.resolve()
    }
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined
    })
    return this.#fetching
  }

  #step(id: string | undefined): Step {
    return nextStep(this.#knows(id), performance.now(), this.#state, this.#options)
  }

  /** One timer for all who wait. */
  async #wait(ms: number): Promise<void> {
    if (this.#waiting >= this.#options.maxWaiting) throw away(ms)
    this.#waiting += 1
    // A timer may fire a moment early; the fetch must not be refused for that.
    this.#pause ??= delay(Math.ceil(ms) + 2).finally(() => {
      this.#pause = undefined
    })
    try {
      await this.#pause
    } finally {
      this.#waiting -= 1
    }
  }

  async #fetch(): Promise<void> {
    const { url, log } = this.#options
    const startedAt = performance.now()
    const before = this.#state
    this.#state = { ...before, triedAt: startedAt }
    try {
      const { keys, ignored } = readKeys(await fetchKeys(url, this.#options))
      const changed = names(keys) !== names(this.#keys)
      this.#keys = keys
      this.#state = { fetchedAt: startedAt, triedAt: startedAt, failing: false }
      if (changed || before.failing) log.info({ keys: names(keys), ignored }, 'keys of the identity provider fetched')
    } catch (err) {
      this.#state = { ...this.#state, failing: true }
      // Once per outage; while it lasts there is nothing new to say.
      if (!before.failing)
        log.warn({ err }, 'the keys of the identity provider cannot be had; those at hand stay in use')
    }
  }

  #knows(id: string | undefined): boolean {
    return id === undefined ? this.#keys.length > 0 : this.#keys.some((key) => key.id === id)
  }

  #pick(algorithm: Algorithm, id: string | undefined): VerificationKey | undefined {
    const candidates = id === undefined ? this.#keys : this.#keys.filter((key) => key.id === id)
    if (id === undefined && candidates.length > 1) return undefined
    return candidates.find((key) => key.algorithm === algorithm)
  }
}

const names = (keys: readonly VerificationKey[]): string =>
  keys.map(({ id, algorithm }) => `${id ?? '(no kid)'} ${algorithm}`).join(', ')

const away = (ms: number) =>
  new VisavisError('UNAVAILABLE', 'the keys of the identity provider cannot be had at the moment', {
    retryAfterMs: Math.max(1, Math.ceil(ms)),
  })
