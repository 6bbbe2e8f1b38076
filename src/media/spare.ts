/**
 * One process more than there are workers, started and idle (some 10 MB): what takes the place of a dead worker need not be
 * started first, which takes 20 to 40 ms, and several times that on a busy machine.
 */
import type { types } from 'mediasoup'
import { endWorker, spawnWorker } from './worker.ts'

/** The next one is started when those who lost their worker are at work again (ms): starting it keeps the node busy. */
const laterMs = 1_000

export class Spare {
  readonly #workerBin: string
  #worker: Promise<types.Worker> | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(workerBin: string) {
    this.#workerBin = workerBin
  }

  /** Starts one in the background, unless there is one. If that fails whoever needs a worker starts it themselves. */
  prepare(): void {
    if (this.#closed || this.#worker !== undefined) return
    const starting = spawnWorker(this.#workerBin)
    this.#worker = starting
    const forget = () => {
      if (this.#worker === starting) this.#worker = undefined
    }
    starting.then((worker) => worker.once('died', forget), forget)
  }

  prepareLater(): void {
    clearTimeout(this.#timer)
    if (!this.#closed) this.#timer = setTimeout(() => this.prepare(), laterMs)
  }

  /** It is the caller's from now on. Undefined when there is none. */
  async take(): Promise<types.Worker | undefined> {
    const taken = this.#worker
    this.#worker = undefined
    const worker = await taken?.catch(() => undefined)
    return worker?.closed === false ? worker : undefined
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    const worker = await this.take()
    if (worker !== undefined) await endWorker(worker)
  }
}
