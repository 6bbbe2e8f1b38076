/** Looks after the outboxes whether or not mail is sent: how many wait, and what is older than its retention. */
import type { Logger } from 'pino'
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
  let closed = false
  let running: Promise<void> | undefined

  const round = async () => {
    waiting = await outbox.waiting(regions)
    for (const region of regions) if (!closed) await outbox.expire(region)
  }
  const look = () => {
    if (closed || running !== undefined) return
    running = round()
      .catch((err) => log.debug({ err }, 'the outboxes could not be looked at; trying again'))
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
      closed = true
      clearInterval(timer)
      await running
    },
  }
}
