/** Looks at channels when it is time to. Safe on every node at once: a channel is leased to one of them. */
import type { Logger } from 'pino'
import { startRounds } from '../store/rounds.ts'

export interface LookLoopOptions<T> {
  /** Leases channels that are to be looked at. */
  readonly take: (most: number) => Promise<T[]>
  /** May be done more than once; what it throws makes it be done again after the lease. */
  readonly look: (one: T) => Promise<void>
  readonly log: Logger
  readonly everyMs?: number
}

export interface LookLoop extends AsyncDisposable {
  /** Something may be due: look now. */
  wake(): void
}

/** Of each shard in one go. */
const batch = 8

/** Runs until disposed; then it waits for what is in hand. */
export function startLookLoop<T>({ take, look, log, everyMs = 2_000 }: LookLoopOptions<T>): LookLoop {
  const round = async () => {
    for (;;) {
      const taken = await take(batch)
      const results = await Promise.allSettled(taken.map(look))
      const failed = results.filter((result) => result.status === 'rejected')
      if (failed[0] !== undefined) {
        log.warn(
          { err: failed[0].reason, channels: failed.length },
          'channels will be looked at again after their lease',
        )
      }
      if (rounds.closed || taken.length === 0) return
    }
  }
  const rounds = startRounds(
    () => round().catch((err) => log.debug({ err }, 'channels cannot be looked for; trying again')),
    everyMs,
  )
  return rounds
}
