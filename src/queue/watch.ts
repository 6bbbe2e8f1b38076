/** Counts what waits in all regions, for the metrics: looked at now and then, so that a scrape costs Redis nothing. */
import type { Logger } from 'pino'
import { startLooks } from '../store/rounds.ts'
import type { Supervision } from './supervision.ts'

export interface QueueWatch extends AsyncDisposable {
  /** Callbacks that wait, on all nodes. */
  readonly waiting: number
}

export interface QueueWatchOptions {
  readonly supervision: Pick<Supervision, 'waiting'>
  readonly regions: readonly string[]
  readonly log: Logger
  readonly everyMs?: number
}

export function watchQueue({ supervision, regions, log, everyMs = 5_000 }: QueueWatchOptions): QueueWatch {
  let waiting = 0
  const looks = startLooks(
    async () => {
      const counts = await Promise.all(regions.map((region) => supervision.waiting(region)))
      waiting = counts.reduce((sum, n) => sum + n, 0)
    },
    { everyMs, log, failed: 'waiting callbacks could not be counted; trying again' },
  )
  return {
    get waiting() {
      return waiting
    },
    [Symbol.asyncDispose]: () => looks[Symbol.asyncDispose](),
  }
}
