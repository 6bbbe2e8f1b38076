/** Looks at things when it is time to, as at channels. Safe on every node at once: each is leased to one of them. */
import type { Logger } from 'pino'
import { startRounds } from './rounds.ts'

export interface LeasedLooksOptions<T> {
  /** Leases some of what is to be looked at. */
  readonly take: (most: number) => Promise<T[]>
  /** May be done more than once; what it throws makes it be done again after the lease. */
  readonly look: (one: T) => Promise<void>
  readonly log: Logger
  readonly everyMs?: number
}

export interface LeasedLooks extends AsyncDisposable {
  /** Something may be due: look now. */
  wake(): void
}

/** Of each shard in one go. */
const batch = 8

/** Runs until disposed; then it waits for what is in hand. */
export function startLeasedLooks<T>({ take, look, log, everyMs = 2_000 }: LeasedLooksOptions<T>): LeasedLooks {
  const round = async () => {
    for (;;) {
      const taken = await take(batch)
      const results = await Promise.allSettled(taken.map(look))
      const failed = results.filter((result) => result.status === 'rejected')
      if (failed[0] !== undefined) {
        log.warn(
          { err: failed[0].reason, failed: failed.length },
          'what could not be looked at will be after its lease',
        )
      }
      if (rounds.closed || taken.length === 0) return
    }
  }
  const rounds = startRounds(
    () => round().catch((err) => log.debug({ err }, 'nothing can be looked for; trying again')),
    everyMs,
  )
  return rounds
}
