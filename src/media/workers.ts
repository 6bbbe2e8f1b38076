/** The pool of mediasoup workers: one process per core, each replaced when it dies; by a spare one, so that it is quick. */
import { EventEmitter } from 'node:events'
import { availableParallelism } from 'node:os'
import type { Logger } from 'pino'
import { VisavisError } from '../protocol/index.ts'
import { deathsInRow, replacementWaitMs } from './replacing.ts'
import { Spare } from './spare.ts'
import { type MediaWorker, startWorker, type WorkerOptions } from './worker.ts'

export interface WorkersOptions extends WorkerOptions {
  /** Processes. Default: one per core, since a worker is one thread. */
  readonly workers?: number | undefined
  /** Worker n listens on `basePort` + n; 0 picks free ports. */
  readonly basePort: number
  readonly log: Logger
}

export interface WorkersEvents {
  /** A process ended by itself. It is no longer among the living, and a new one is being started. */
  died: [worker: MediaWorker]
}

/** How long a new room waits for a worker when none is alive. A replacement takes some ms, without a spare 20 to 40. */
const patienceMs = 3_000

interface Slot {
  readonly port: number
  worker: MediaWorker | undefined
  startedAt: number
  /** In a row, without one that was healthy between them. */
  deaths: number
  timer: NodeJS.Timeout | undefined
}

export class Workers extends EventEmitter<WorkersEvents> {
  readonly #options: WorkersOptions
  readonly #slots: Slot[]
  readonly #spare: Spare
  readonly #waiting = new Set<() => void>()
  /** Replacements being started; close() waits for them. */
  readonly #starting = new Set<Promise<void>>()
  #deaths = 0
  #closing: Promise<void> | undefined

  constructor(options: WorkersOptions) {
    super()
    this.#options = options
    this.#spare = new Spare(options.workerBin)
    const count = options.workers ?? availableParallelism()
    this.#slots = Array.from({ length: count }, (_, n) => ({
      port: options.basePort === 0 ? 0 : options.basePort + n,
      worker: undefined,
      startedAt: 0,
      deaths: 0,
      timer: undefined,
    }))
  }

  /** The workers alive now. */
  get alive(): readonly MediaWorker[] {
    return this.#slots.flatMap(({ worker }) => (worker === undefined ? [] : [worker]))
  }

  /** How many have died since the pool was opened. */
  get deaths(): number {
    return this.#deaths
  }

  /** Starts all. @throws Error of the first that fails, after ending the others. */
  async open(): Promise<void> {
    const started = await Promise.allSettled(this.#slots.map((slot) => this.#start(slot)))
    const failed = started.find((result) => result.status === 'rejected')
    if (failed === undefined) {
      this.#spare.prepare()
      return
    }
    await this.close()
    throw failed.reason
  }

  /** The workers alive; waits a little for a replacement when there is none. @throws VisavisError UNAVAILABLE. */
  async ready(): Promise<readonly MediaWorker[]> {
    if (this.#closing === undefined && this.alive.length === 0) await this.#change()
    const alive = this.alive
    if (alive.length > 0) return alive
    throw new VisavisError('UNAVAILABLE', 'no media worker is running', { retryAfterMs: 1_000 })
  }

  /** Ends every process; resolves when they have ended, also when called again meanwhile. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    for (const slot of this.#slots) clearTimeout(slot.timer)
    this.#wake()
    await Promise.allSettled(this.#starting)
    const alive = this.alive
    for (const slot of this.#slots) slot.worker = undefined
    await Promise.all([this.#spare.close(), ...alive.map((worker) => worker.close())])
  }

  async #start(slot: Slot): Promise<void> {
    const worker = await startWorker(slot.port, this.#options, await this.#spare.take())
    if (worker.closed) throw new Error('the media worker died while starting')
    slot.worker = worker
    slot.startedAt = performance.now()
    worker.onDied((error) => this.#onDied(slot, worker, error))
    this.#options.log.info({ worker: worker.pid, port: worker.port }, 'media worker started')
    this.#wake()
  }

  #onDied(slot: Slot, worker: MediaWorker, error: Error): void {
    if (this.#closing !== undefined) return
    slot.worker = undefined
    this.#deaths += 1
    this.#options.log.error({ worker: worker.pid, err: error }, 'media worker died; starting another')
    this.#replace(slot, performance.now() - slot.startedAt)
    this.emit('died', worker)
  }

  #replace(slot: Slot, livedMs: number): void {
    slot.deaths = deathsInRow(slot.deaths, livedMs)
    slot.timer = setTimeout(() => {
      const attempt = this.#start(slot)
        .then(() => this.#spare.prepareLater())
        .catch((error: unknown) => {
          if (this.#closing !== undefined) return
          this.#options.log.error({ err: error }, 'a media worker could not be replaced; trying again')
          this.#replace(slot, 0)
        })
        .finally(() => this.#starting.delete(attempt))
      this.#starting.add(attempt)
    }, replacementWaitMs(slot.deaths))
  }

  /** Resolves at the next start of a worker, at close, or when patience ends. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#waiting.delete(done)
        resolve()
      }
      const timer = setTimeout(done, patienceMs)
      this.#waiting.add(done)
    })
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done()
  }
}

/** One process per core, all running when this resolves. */
export async function openWorkers(options: WorkersOptions): Promise<Workers> {
  const workers = new Workers(options)
  await workers.open()
  return workers
}
