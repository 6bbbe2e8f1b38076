/** Looks after the outboxes whether or not mail is sent: how many wait, and what is older than its retention. */
import type { Logger } from 'pino'
import { startLooks } from '../store/rounds.ts'
import type { Outbox } from './outbox.ts'

export interface OutboxWatchOptions {
  readonly outbox: Outbox
  readonly regions: readonly string[]
  readonly log: Logger
  readonly everyMs?: number
}

export interface OutboxWatch extends AsyncDisposable {
  /** Notices that have not ended, on all nodes, as of the last look. */
  readonly waiting: number
}

/** Runs until disposed, on every node: each step may be done twice. */
export function watchOutbox({ outbox, regions, log, everyMs = 5_000 }: OutboxWatchOptions): OutboxWatch {
  let waiting = 0
  const looks = startLooks(
    async (rounds) => {
      waiting = await outbox.waiting(regions)
      for (const region of regions) if (!rounds.closed) await outbox.expire(region)
    },
    { everyMs, log, failed: 'the outboxes could not be looked at; trying again' },
  )
  return {
    get waiting() {
      return waiting
    },
    [Symbol.asyncDispose]: () => looks[Symbol.asyncDispose](),
  }
}
