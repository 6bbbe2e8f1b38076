/** Seals, verdicts and looks for who has not come that are due, on every node at once: each is leased, and may be done twice without harm. */
import type { Logger } from 'pino'
import type { RedisClient } from '../store/redis.ts'
import { startRounds } from '../store/rounds.ts'
import type { Awaiting } from './awaiting.ts'
import type { Judging } from './judging.ts'
import { attendanceKeys } from './keys.ts'
import * as scripts from './scripts.ts'
import type { Sealing } from './sealing.ts'

export interface DueLoopOptions {
  readonly client: RedisClient
  readonly regions: readonly string[]
  readonly judging: Pick<Judging, 'propose'>
  readonly sealing: Pick<Sealing, 'seal'>
  readonly awaiting: Awaiting
  readonly log: Logger
  readonly now?: () => number
  readonly everyMs?: number
}

export interface DueLoop extends AsyncDisposable {
  /** Something may be due: look now. */
  wake(): void
  /** What has failed on this node and is tried again. */
  readonly failures: number
}

const everyDefaultMs = 2_000
/** A node that has died with something in hand leaves it to another after so long. */
const leaseMs = 30_000
const batch = 16

/** Runs until disposed; then it waits for what is in hand. */
export function startDueLoop(options: DueLoopOptions): DueLoop {
  const { client, regions, judging, sealing, awaiting, log, now = Date.now, everyMs = everyDefaultMs } = options
  let failures = 0

  const work = async (region: string, member: string) => {
    const slash = member.indexOf('/')
    const appointment = member.slice(slash + 1)
    try {
      if (member.startsWith('seal/')) await sealing.seal(region, appointment)
      else if (member.startsWith('awaited/')) await awaiting.look(region, appointment)
      else await judging.propose(region, appointment)
    } catch (err) {
      failures += 1
      log.warn({ err, region, appointment, due: member.slice(0, slash) }, 'a record waits; it is tried again')
    }
  }
  const settle = async (region: string) => {
    for (;;) {
      if (rounds.closed) return
      const taken = await scripts.take(client, [attendanceKeys(region).due], [now(), leaseMs, batch])
      await Promise.all(taken.map((member) => work(region, member)))
      if (taken.length < batch) return
    }
  }
  const rounds = startRounds(async () => {
    const results = await Promise.allSettled(regions.map(settle))
    for (const result of results)
      if (result.status === 'rejected') log.debug({ err: result.reason }, 'due records cannot be looked for')
  }, everyMs)
  return {
    wake: rounds.wake,
    get failures() {
      return failures
    },
    [Symbol.asyncDispose]: () => rounds[Symbol.asyncDispose](),
  }
}
