/**
 * The index as the node sees it: two threads on one file. One that dies is replaced, a damaged file is removed, and what
 * was erased is taken out of the file for good by `rewrite`.
 */
import { setTimeout as delay, setImmediate } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Position } from '../protocol/index.ts'
import { removeIndex } from './index-file.ts'
import type { Found, Question, Standing } from './index-reader.ts'
import { IndexDamaged, IndexThread, type Role, ThreadGone } from './index-thread.ts'
import type { Batch } from './index-writer.ts'
import { type Place, placeKey } from './place.ts'
import type { Space } from './source.ts'

export interface SearchIndexOptions {
  readonly file: string
  readonly log: Logger
  /** The index has lost what it had: everything is to be indexed again. */
  readonly onLost: () => void
  /** Text was erased, and copies of it may be left until `rewrite`. */
  readonly onErased: () => void
}

interface Waiting {
  readonly batch: Batch
  readonly written: PromiseWithResolvers<boolean>
}

/** Places that are looked up together. */
interface Gathered {
  readonly places: Place[]
  readonly positions: Promise<(Position | undefined)[]>
}

/** Of all batches that are written in one transaction: some 50 ms. */
const messagesAtOnce = 1_000
/** What comes within it is written in one transaction, which costs more than what it writes. */
const gatherMs = 10
/** A thread that died is asked so often in all. */
const attempts = 3

export class SearchIndex {
  readonly #options: SearchIndexOptions
  readonly #reader: IndexThread<'reader'>
  readonly #writer: IndexThread<'writer'>
  #waiting: Waiting[] = []
  #gathered: Gathered | undefined
  #draining = false
  #removing: Promise<void> | undefined
  /** While the file is replaced nobody may have it open. */
  #replacing: Promise<void> | undefined
  /** While it is copied nothing may be written that the copy would not have. */
  #copying: Promise<void> | undefined
  #closed = false

  constructor(options: SearchIndexOptions) {
    this.#options = options
    const { file, log } = options
    this.#reader = new IndexThread({ role: 'reader', file, log })
    this.#writer = new IndexThread({ role: 'writer', file, log })
  }

  /** Makes the file if there is none. @returns whether there may be copies of erased text from before. */
  open(): Promise<boolean> {
    return this.#write(() => this.#writer.ask('isErasurePending'))
  }

  find(question: Question & { readonly until: number }): Promise<Found> {
    return this.#read(() => this.#reader.ask('find', question))
  }

  /** Those that are asked for within one turn are looked up together: a question to a thread costs more than its answer. */
  async position(place: Place): Promise<Position | undefined> {
    this.#gathered ??= this.#gather()
    const { places, positions } = this.#gathered
    const n = places.push(place) - 1
    return (await positions)[n]
  }

  compare(positions: readonly { readonly place: Place; readonly position: Position }[]): Promise<Standing[]> {
    return this.#read(() => this.#reader.ask('compare', positions))
  }

  list(page: { readonly space: Space; readonly after: number; readonly limit: number }) {
    return this.#read(() => this.#reader.ask('list', page))
  }

  lastConversation(): Promise<number> {
    return this.#read(() => this.#reader.ask('lastConversation'))
  }

  /** @returns whether the index stood where the batch says; false: nothing was written. */
  add(batch: Batch): Promise<boolean> {
    const written = Promise.withResolvers<boolean>()
    this.#waiting.push({ batch, written })
    void this.#drain()
    return written.promise
  }

  /** What is being added to these conversations is dropped. @returns whether there may be copies of erased text. */
  async forget(places: readonly Place[]): Promise<boolean> {
    const keys = new Set(places.map(placeKey))
    const isDropped = ({ batch }: Waiting) => keys.has(placeKey(batch.place))
    for (const { written } of this.#waiting.filter(isDropped)) written.resolve(false)
    this.#waiting = this.#waiting.filter((waiting) => !isDropped(waiting))
    await this.#write(() => this.#writer.ask('forget', places))
    const pending = await this.#write(() => this.#writer.ask('isErasurePending'))
    if (pending) this.#options.onErased()
    return pending
  }

  /** Leaves no copy of erased text in the file. Searches go on meanwhile, but for a moment; writing waits. */
  async rewrite(): Promise<void> {
    await this.#writable()
    const copying = Promise.withResolvers<void>()
    this.#copying = copying.promise
    try {
      await this.#writer.ask('copy')
      await this.#replace(async () => {
        await this.#reader.ask('close').catch(unlessGone)
        await this.#writer.ask('swap')
      })
    } catch (error) {
      if (!(error instanceof IndexDamaged)) throw error
      await this.#remove(error)
    } finally {
      this.#copying = undefined
      copying.resolve()
    }
  }

  /** What is not written yet is dropped: it is caught up after the next start. Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { written } of this.#waiting.splice(0)) written.reject(new ThreadGone('the search index is closed'))
    // So that SQLite puts its log into the file.
    await Promise.allSettled([this.#reader.ask('close'), this.#writer.ask('close')])
    await Promise.all([this.#reader.end(), this.#writer.end()])
  }

  #gather(): Gathered {
    const places: Place[] = []
    const ask = async () => {
      await setImmediate()
      this.#gathered = undefined
      return this.#read(() => this.#reader.ask('positions', places))
    }
    return { places, positions: ask() }
  }

  async #drain(): Promise<void> {
    if (this.#draining) return
    this.#draining = true
    while (this.#waiting.length > 0) {
      await delay(gatherMs)
      await this.#writable()
      const some = this.#takeSome()
      try {
        const { taken, erased } = await this.#writer.ask(
          'write',
          some.map(({ batch }) => batch),
        )
        if (erased) this.#options.onErased()
        // Then it had read another file than this one: somebody has removed that under its hands.
        if (taken.includes(false)) void this.#reader.ask('close').catch(() => {})
        for (const [n, { written }] of some.entries()) written.resolve(taken[n] === true)
      } catch (error) {
        for (const { written } of some) written.reject(error)
        // If it cannot be made anew either, whoever asks next is told.
        if (error instanceof IndexDamaged) await this.#remove(error).catch(() => {})
      }
    }
    this.#draining = false
  }

  #takeSome(): Waiting[] {
    let messages = 0
    const end = this.#waiting.findIndex(({ batch }) => {
      messages += batch.messages.length
      return messages > messagesAtOnce
    })
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : Math.max(end, 1))
  }

  #read<T>(ask: () => Promise<T>): Promise<T> {
    return this.#attempt(this.#reader, async () => {
      while (this.#replacing !== undefined) await this.#replacing
      return ask()
    })
  }

  #write<T>(ask: () => Promise<T>): Promise<T> {
    return this.#attempt(this.#writer, async () => {
      await this.#writable()
      return ask()
    })
  }

  /** Nothing comes between its end and what is asked right after it. */
  async #writable(): Promise<void> {
    while (this.#copying !== undefined || this.#replacing !== undefined) await (this.#copying ?? this.#replacing)
  }

  async #attempt<T>(thread: IndexThread<Role>, work: () => Promise<T>): Promise<T> {
    for (let n = 1; ; n++) {
      try {
        return await work()
      } catch (error) {
        if (error instanceof IndexDamaged) await this.#remove(error)
        else if (!(error instanceof ThreadGone)) throw error
        if (n === attempts || this.#closed) throw error
        await thread.rest()
      }
    }
  }

  /** One at a time. */
  async #replace(work: () => Promise<void>): Promise<void> {
    while (this.#replacing !== undefined) await this.#replacing
    const replacing = Promise.withResolvers<void>()
    this.#replacing = replacing.promise
    try {
      await work()
    } finally {
      this.#replacing = undefined
      replacing.resolve()
    }
  }

  /**
   * Replaces the index by an empty one. All that was asked before is void with the threads, so that the same damage is not
   * told twice.
   */
  #remove(error: IndexDamaged): Promise<void> {
    const { file, log, onLost } = this.#options
    const remove = async () => {
      log.warn({ err: error }, 'the search index cannot be used; it is made anew')
      await Promise.all([this.#reader.stop(), this.#writer.stop()])
      removeIndex(file)
      await this.#writer.ask('isErasurePending')
    }
    this.#removing ??= this.#replace(remove).finally(() => {
      this.#removing = undefined
      onLost()
    })
    return this.#removing
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof ThreadGone)) throw error
}
