/** Counts what waits in all regions, for metrics and operators: looked at now and then, so that neither costs Redis anything. */
import type { Logger } from 'pino'
import { startLooks } from '../store/rounds.ts'
import type { Supervision } from './supervision.ts'

export interface QueueWatch extends AsyncDisposable {
  /** Callbacks that wait, on all nodes. */
  readonly waiting: number
  /** Of one region; undefined before the first count. */
  waitingIn(region: string): number | undefined
}

export interface QueueWatchOptions {
  readonly supervision: Pick<Supervision, 'waiting'>
  readonly regions: readonly string[]
  readonly log: Logger
  readonly everyMs?: number
}

export function watchQueue({ supervision, regions, log, everyMs = 5_000 }: QueueWatchOptions): QueueWatch {
  let counts: ReadonlyMap<string, number> = new Map()
  const looks = startLooks(
    async () => {
      counts = new Map(
        await Promise.all(regions.map(async (region) => [region, await supervision.waiting(region)] as const)),
      )
    },
    { everyMs, log, failed: 'waiting callbacks could not be counted; trying again' },
  )
  return {
    get waiting() {
      return counts.values().reduce((sum, n) => sum + n, 0)
    },
    waitingIn: (region) => counts.get(region),
    [Symbol.asyncDispose]: () => looks[Symbol.asyncDispose](),
  }
}
