/** Looks after what is to be told of appointments: how many wait for longer than they should, on all nodes. */
import type { Logger } from 'pino'
import { startLooks } from '../store/rounds.ts'
import type { Looks } from './looks.ts'

export interface AppointmentWatchOptions {
  readonly looks: Pick<Looks, 'overdue'>
  readonly regions: readonly string[]
  readonly log: Logger
  readonly everyMs?: number
}

export interface AppointmentWatch extends AsyncDisposable {
  /** Appointments of which something should have been told, or looked at, a minute ago; as of the last look. */
  readonly overdue: number
}

const minuteMs = 60_000

/** Runs until disposed. */
export function watchAppointments({ looks, regions, log, everyMs = 5_000 }: AppointmentWatchOptions): AppointmentWatch {
  let overdue = 0
  const rounds = startLooks(
    async () => {
      const counts = await Promise.all(regions.map((region) => looks.overdue(region, minuteMs)))
      overdue = counts.reduce((sum, one) => sum + one, 0)
    },
    { everyMs, log, failed: 'appointments could not be counted; trying again' },
  )
  return {
    get overdue() {
      return overdue
    },
    [Symbol.asyncDispose]: () => rounds[Symbol.asyncDispose](),
  }
}
