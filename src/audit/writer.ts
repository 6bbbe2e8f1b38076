/**
 * Writes the log of one region in the background, in order, in batches: nobody waits for it who has not asked to.
 * Every node has a writer of its own; the log is one chain all the same, because a batch is stored only after the tip it was
 * chained to (lua/append.lua). A batch that fails is sent again as it is until it is stored, and is stored once.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { RedisClient } from '../store/redis.ts'
import { chainAfter, type Tip } from './chain.ts'
import { auditKeys } from './keys.ts'
import { append } from './scripts.ts'

export interface WriterOptions {
  readonly client: RedisClient
  readonly region: string
  readonly retentionMs: number
  /** A batch could not be stored; it is tried again. */
  readonly onFailure: (error: unknown) => void
}

interface Waiting {
  readonly entry: string
  /** Of somebody who waits for it; told of the first failure, though the entry is kept. */
  readonly stored?: PromiseWithResolvers<void>
}

const batchMs = 50
const batchSize = 200
const retryMs = 100
const longestRetryMs = 1_000
/** Longer than a command can be on its way. */
const rememberMs = 24 * 60 * 60 * 1_000

export class Writer {
  readonly #options: WriterOptions
  readonly #id = randomBytes(9).toString('hex')
  #waiting: Waiting[] = []
  #tip: Tip = { n: 0, hash: '' }
  #batch = 0
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #stop = new AbortController()

  constructor(options: WriterOptions) {
    this.#options = options
  }

  get waiting(): number {
    return this.#waiting.length
  }

  add(entry: string): void {
    this.#waiting.push({ entry })
    if (this.#waiting.length >= batchSize) this.#run()
    else this.#timer ??= setTimeout(() => this.#run(), batchMs)
  }

  /** Resolves when the entry is stored. @throws what the attempt to store it met; it is kept and tried again. */
  addAndWait(entry: string): Promise<void> {
    const stored = Promise.withResolvers<void>()
    this.#waiting.push({ entry, stored })
    // Those who are recorded in this very moment come along.
    setImmediate(() => this.#run())
    return stored.promise
  }

  /** Tries to store what is there, for at most `withinMs`. @returns how many entries are lost. */
  async close(withinMs: number): Promise<number> {
    this.#run()
    const late = delay(withinMs, undefined, { ref: false })
    await Promise.race([this.#running, late])
    this.#stop.abort()
    return this.#waiting.length
  }

  #run(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#running !== undefined || this.#waiting.length === 0) return
    this.#running = this.#drain().finally(() => {
      this.#running = undefined
      // Of what came at the last moment.
      if (this.#waiting.length > 0 && !this.#stop.signal.aborted) this.#timer ??= setTimeout(() => this.#run(), batchMs)
    })
  }

  async #drain(): Promise<void> {
    let waitMs = retryMs
    while (this.#waiting.length > 0 && !this.#stop.signal.aborted) {
      const batch = this.#waiting.slice(0, batchSize)
      this.#batch += 1
      while (!(await this.#store(batch))) {
        if (this.#stop.signal.aborted) return
        await delay(waitMs, undefined, { signal: this.#stop.signal }).catch(() => {})
        waitMs = Math.min(waitMs * 2, longestRetryMs)
      }
      waitMs = retryMs
      this.#waiting.splice(0, batch.length)
      for (const { stored } of batch) stored?.resolve()
    }
  }

  /** @returns whether the batch is stored. */
  async #store(batch: readonly Waiting[]): Promise<boolean> {
    const { client, region, retentionMs, onFailure } = this.#options
    const { log, tip, writer } = auditKeys(region)
    const entries = batch.map(({ entry }) => entry)
    try {
      for (;;) {
        const { n, hash } = this.#tip
        const chained = chainAfter(this.#tip, entries)
        const links = chained.links.flatMap((link) => [link.text, link.hash])
        const appended = await append(
          client,
          [log, tip, writer(this.#id)],
          [n, hash, this.#batch, retentionMs, rememberMs, chained.tip.n, ...links],
        )
        if (appended.is === 'stored') {
          // If it was stored by an attempt thought lost, the tip is another one, and the next batch learns it.
          this.#tip = chained.tip
          return true
        }
        // Another node was faster: one of all always wins, so this ends.
        this.#tip = appended.tip
      }
    } catch (error) {
      // Also those in line behind it: nobody waits through an outage.
      for (const { stored } of this.#waiting) stored?.reject(error)
      onFailure(error)
      return false
    }
  }
}
