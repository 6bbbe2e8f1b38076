/** Empties the outboxes of all regions. Safe on every node at once: a mail is leased to one of them. */
import type { Logger } from 'pino'
import { startRounds } from '../store/rounds.ts'
import type { Delivery, Region } from './delivery.ts'
import type { Outbox } from './outbox.ts'
import { Pace } from './pace.ts'

export interface DeliveryLoopOptions {
  readonly outbox: Outbox
  readonly delivery: Delivery
  readonly regions: readonly Region[]
  /** Mails of this node in work at the same time. */
  readonly parallel: number
  /** Mails this node hands over in any minute. */
  readonly perMinute: number
  readonly log: Logger
  readonly everyMs?: number
  /** On disposal: how long what is being handed over may still take. */
  readonly graceMs?: number
}

export interface DeliveryLoop extends AsyncDisposable {
  /** Something may be due: look now. */
  wake(): void
}

/** Runs until disposed; then it waits for the mails in hand, and breaks off those that take too long. */
export function startDeliveryLoop(options: DeliveryLoopOptions): DeliveryLoop {
  const { outbox, delivery, regions, parallel, perMinute, log, everyMs = 2_000, graceMs = 3_000 } = options
  const pace = new Pace(perMinute)
  const underway = new Set<Promise<void>>()
  /** Something was left because all hands were full. */
  let left = false
  /** Every round begins with another region, so that a long backlog of one is not in the way of the others. */
  let turn = 0

  const free = () => Math.min(parallel - underway.size, pace.free(performance.now()))

  const start = (work: Promise<boolean>) => {
    pace.count(performance.now())
    const task = work
      .then((sent) => {
        if (!sent) pace.giveBack()
      })
      .catch((err) => log.warn({ err }, 'what became of a mail could not be recorded; it is taken up after its lease'))
      .finally(() => {
        underway.delete(task)
        if (left) rounds.wake()
      })
    underway.add(task)
  }
  const empty = async (region: Region): Promise<void> => {
    for (;;) {
      if (rounds.closed) return
      const most = free()
      if (most <= 0) {
        left = true
        return
      }
      const { now, mails } = await outbox.take(region.id, most)
      for (const taken of mails) start(delivery.deliver(region, taken, now))
      if (mails.length < most) return
    }
  }
  const rounds = startRounds(async () => {
    left = false
    turn = (turn + 1) % regions.length
    for (const region of [...regions.slice(turn), ...regions.slice(0, turn)]) {
      await empty(region).catch((err) => log.debug({ err }, 'notices cannot be looked for'))
    }
  }, everyMs)

  return {
    wake: rounds.wake,
    async [Symbol.asyncDispose]() {
      await rounds[Symbol.asyncDispose]()
      const late = setTimeout(() => delivery.abort(), graceMs)
      await Promise.all(underway)
      clearTimeout(late)
    },
  }
}
