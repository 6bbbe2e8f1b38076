/**
 * The audit log: who did what to whom, when, from where. One append-only stream per region.
 *
 * Two ways to record. `record` costs the caller nothing but the encoding: entries are kept in memory, at most so many, and
 * written in batches; if this node is killed, those of the last 50 ms are lost, and while Redis is away they wait.
 * `recordDurably` resolves when the entry is stored: for acts that must not be answered without a record.
 */
import type { Logger } from 'pino'
import { VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { type Entry, encode, type StoredEntry } from './entry.ts'
import { Flood } from './flood.ts'
import { auditKeys } from './keys.ts'
import { Writer } from './writer.ts'

export type { Actor, Entry, Filter, StoredEntry, Subject } from './entry.ts'
export { matches, peopleOf } from './entry.ts'

export interface AuditOptions {
  readonly client: RedisClient
  readonly regions: readonly string[]
  readonly retentionMs: number
  readonly log: Logger
  /** Entries that may wait on this node; a node that closes ends as many sessions as it has in one moment. */
  readonly mostWaiting?: number
}

/** An entry as it is in the stream. */
export interface Line {
  /** `<ms of storing>-<n>`: where to go on reading. */
  readonly id: string
  readonly entry: StoredEntry
  /** The entry's JSON as it was hashed. */
  readonly text: string
  /** Of the chain: see chain.ts. */
  readonly hash: string
}

export interface Range {
  /** Stored at or after (ms). */
  readonly from?: number | undefined
  /** Stored before (ms). */
  readonly until?: number | undefined
  /** After the line with this id; then `from` does not matter. */
  readonly after?: string | undefined
}

/** The log of refusals of those of whom it is not known where they belong. No region can have this name. */
export const nowhere = '_'

const pageSize = 500
const closeMs = 2_000
const refusals: readonly string[] = ['FORBIDDEN', 'UNAUTHENTICATED']

export class Audit implements AsyncDisposable {
  readonly #options: AuditOptions
  readonly #mostWaiting: number
  readonly #writers = new Map<string, Writer>()
  readonly #flood = new Flood()
  #dropped = 0

  constructor(options: AuditOptions) {
    this.#options = options
    this.#mostWaiting = options.mostWaiting ?? 50_000
  }

  /** Entries not yet stored. */
  get waiting(): number {
    let waiting = 0
    for (const writer of this.#writers.values()) waiting += writer.waiting
    return waiting
  }

  /** Entries that were lost, because too many waited, or the node had to close, or one source was refused too often. */
  get dropped(): number {
    return this.#dropped
  }

  /** @param region where it belongs; undefined or an unknown one: `nowhere`. */
  record(region: string | undefined, entry: Entry): void {
    const admitted = this.#admit(entry)
    if (admitted === undefined || this.waiting >= this.#mostWaiting) {
      this.#dropped += 1
      return
    }
    this.#writer(region).add(encode(admitted))
  }

  /**
   * Resolves when the entry is stored.
   * @throws VisavisError UNAVAILABLE; the entry is stored later if it can be.
   */
  async recordDurably(region: string | undefined, entry: Entry): Promise<void> {
    if (this.waiting >= this.#mostWaiting) throw new VisavisError('UNAVAILABLE', 'the audit log cannot be written')
    await this.#writer(region).addAndWait(encode(entry))
  }

  /** Pages of the log in the order of storing, read while they are asked for: memory is bounded by one page. */
  async *read(region: string, { from, until, after }: Range): AsyncGenerator<readonly Line[]> {
    const { log } = auditKeys(region)
    const end = until === undefined ? '+' : `(${until}-0`
    let start = after === undefined ? String(from ?? '-') : `(${after}`
    for (;;) {
      const found = await outageAware(this.#options.client.xrange(log, start, end, 'COUNT', pageSize))
      const lines = found.map(toLine)
      const last = lines.at(-1)
      if (last === undefined) return
      yield lines
      if (lines.length < pageSize) return
      start = `(${last.id}`
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const lost = await Promise.all([...this.#writers.values()].map((writer) => writer.close(closeMs)))
    const entries = lost.reduce((sum, count) => sum + count, 0)
    this.#dropped += entries
    if (entries > 0) this.#options.log.error({ entries }, 'entries of the audit log are lost: storage was away')
  }

  #admit(entry: Entry): Entry | undefined {
    if (!refusals.includes(entry.outcome)) return entry
    const source = typeof entry.actor === 'string' ? entry.from : entry.actor.person
    const unrecorded = this.#flood.admit(source, entry.at)
    if (unrecorded === undefined || unrecorded === 0) return unrecorded === undefined ? undefined : entry
    return { ...entry, details: { ...entry.details, unrecorded } }
  }

  #writer(given: string | undefined): Writer {
    const { client, regions, retentionMs, log } = this.#options
    const region = given !== undefined && regions.includes(given) ? given : nowhere
    const known = this.#writers.get(region)
    if (known !== undefined) return known
    const made = new Writer({
      client,
      region,
      retentionMs,
      onFailure: (err) => log.warn({ err, region }, 'the audit log cannot be written; its entries wait'),
    })
    this.#writers.set(region, made)
    return made
  }
}

/** As the stream has it: [id, ['e', text, 'h', hash]]. */
const toLine = ([id, [, text = '', , hash = '']]: [id: string, fields: string[]]): Line => ({
  id,
  entry: JSON.parse(text) as StoredEntry,
  text,
  hash,
})
