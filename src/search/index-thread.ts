/** One thread of the index, seen from the node: acts become messages, answers promises. One that dies is replaced. */
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import type { IndexReader } from './index-reader.ts'
import type { IndexWriter } from './index-writer.ts'

export type Role = 'reader' | 'writer'

/** What can be asked of a thread: the methods of its class, which take one argument at most. */
type Acts<R extends Role> = R extends 'reader' ? IndexReader : IndexWriter
type ActOf<R extends Role> = {
  [K in keyof Acts<R>]: Acts<R>[K] extends (argument: never) => unknown ? K : never
}[keyof Acts<R>]
type ArgumentOf<A> = A extends (...argument: infer P) => unknown ? P : never
type ResultOf<A> = A extends (...argument: never) => infer T ? T : never

export interface Asked {
  readonly id: number
  readonly act: string
  readonly argument: unknown
}

export interface Answered {
  readonly id: number
  readonly result?: unknown
  readonly failure?: { readonly message: string; readonly stack: string; readonly damage: boolean }
}

/** The file is damaged: nothing can be done with it but make it anew. */
export class IndexDamaged extends Error {}
/** The thread has died or was ended; what it was asked may have been done or not. */
export class ThreadGone extends Error {}

export interface IndexThreadOptions<R extends Role> {
  readonly role: R
  readonly file: string
  readonly log: Logger
}

/** A thread that dies again at once is not started more often. */
const restartMs = 500

export class IndexThread<R extends Role> {
  readonly #options: IndexThreadOptions<R>
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>()
  #worker: Worker | undefined
  #nextId = 1
  #startedAt = Number.NEGATIVE_INFINITY
  #ended = false

  constructor(options: IndexThreadOptions<R>) {
    this.#options = options
  }

  /**
   * Starts the thread if there is none, and asks it.
   * @throws IndexDamaged, ThreadGone, or Error with what SQLite says.
   */
  async ask<A extends ActOf<R>>(act: A, ...[argument]: ArgumentOf<Acts<R>[A]>): Promise<ResultOf<Acts<R>[A]>> {
    if (this.#ended) throw new ThreadGone('the index is closed')
    const asked = Promise.withResolvers<unknown>()
    const id = this.#nextId
    this.#nextId += 1
    this.#asked.set(id, asked)
    this.#worker ??= this.#start()
    this.#worker.postMessage({ id, act: String(act), argument } satisfies Asked)
    return asked.promise as Promise<ResultOf<Acts<R>[A]>>
  }

  /** Ends the thread; a later `ask` starts another one. */
  async stop(): Promise<void> {
    const worker = this.#worker
    this.#forsake(worker)
    await worker?.terminate()
  }

  /** For good. */
  async end(): Promise<void> {
    this.#ended = true
    await this.stop()
  }

  /** Waits before a thread that has just been started and died is replaced. */
  async rest(): Promise<void> {
    const waitMs = this.#startedAt + restartMs - performance.now()
    if (waitMs > 0) await delay(waitMs)
  }

  #start(): Worker {
    const { role, file, log } = this.#options
    this.#startedAt = performance.now()
    const worker = new Worker(new URL('./thread.ts', import.meta.url), {
      name: `search-${role}`,
      workerData: { role, file },
    })
    worker.on('message', (answered: Answered) => this.#answered(answered))
    worker.on('error', (err) => log.error({ err, role }, 'a thread of the search index failed'))
    worker.on('exit', (code) => {
      if (this.#worker !== worker) return
      log.warn({ code, role }, 'a thread of the search index died; it is replaced')
      this.#forsake(worker)
    })
    return worker
  }

  #answered({ id, result, failure }: Answered): void {
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    if (failure === undefined) {
      asked?.resolve(result)
      return
    }
    const error = failure.damage ? new IndexDamaged(failure.message) : new Error(failure.message)
    error.stack = failure.stack
    asked?.reject(error)
  }

  #forsake(worker: Worker | undefined): void {
    if (this.#worker === worker) this.#worker = undefined
    const left = [...this.#asked.values()]
    this.#asked.clear()
    for (const { reject } of left) reject(new ThreadGone('the thread of the search index is gone'))
  }
}
