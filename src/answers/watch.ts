/** How many answers are due, for the metrics of a node. */
import type { Logger } from 'pino'
import { startLooks } from '../store/rounds.ts'
import type { Alerts, Counts } from './alerts.ts'

export interface AlertWatchOptions {
  readonly alerts: Alerts
  readonly regions: readonly string[]
  readonly log: Logger
  readonly everyMs?: number
}

export interface AlertWatch extends AsyncDisposable {
  /** On all nodes, as of the last look. */
  readonly counts: Counts
}

/** Runs until disposed. */
export function watchAlerts({ alerts, regions, log, everyMs = 5_000 }: AlertWatchOptions): AlertWatch {
  let counts: Counts = { due: 0, overdue: 0 }
  const looks = startLooks(
    async () => {
      counts = await alerts.count(regions, Date.now())
    },
    { everyMs, log, failed: 'answers that are due could not be counted; trying again' },
  )
  return {
    get counts() {
      return counts
    },
    [Symbol.asyncDispose]: () => looks[Symbol.asyncDispose](),
  }
}
