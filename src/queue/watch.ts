/** Counts what waits in all regions, for the metrics: looked at now and then, so that a scrape costs Redis nothing. */
import type { Logger } from 'pino'
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
  let running: Promise<void> | undefined
  const count = async () => {
    const counts = await Promise.all(regions.map((region) => supervision.waiting(region)))
    waiting = counts.reduce((sum, n) => sum + n, 0)
  }
  const look = () => {
    running ??= count()
      .catch((err) => log.debug({ err }, 'waiting callbacks could not be counted; trying again'))
      .finally(() => {
        running = undefined
      })
  }
  look()
  const timer = setInterval(look, everyMs)
  return {
    get waiting() {
      return waiting
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await running
    },
  }
}
