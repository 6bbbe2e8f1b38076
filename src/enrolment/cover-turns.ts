/** Tells when covers begin and end, by the clock or because they are changed. Safe on every node at once. */
import type { Logger } from 'pino'
import type { RedisClient } from '../store/redis.ts'
import { type Cover, decodeCover } from './cover.ts'
import { type Turn, turnOf } from './cover-turn.ts'
import type { Covers } from './covers.ts'
import { regionKeys } from './keys.ts'
import * as scripts from './scripts.ts'

export interface CoverTurnsOptions {
  readonly client: RedisClient
  readonly covers: Covers
  readonly regions: readonly string[]
  /** May be called again for the same turn; what it throws makes it be called again. */
  readonly onTurn: (cover: Cover, is: NonNullable<Turn['is']>) => Promise<void>
  readonly log: Logger
  readonly everyMs?: number
}

const leaseMs = 30_000
/** Covers of one region that one node works on at the same time. */
const batch = 8

/** Runs until disposed; then it waits for what is in hand. */
export function startCoverTurns(options: CoverTurnsOptions): AsyncDisposable {
  const { client, covers, regions, onTurn, log, everyMs = 2_000 } = options
  let closed = false
  let running: Promise<void> | undefined

  const turn = async (cover: Cover, leased: number) => {
    const { is, at } = turnOf(cover, await covers.of(cover.region, cover.advisor), Date.now())
    if (is !== undefined) await onTurn(cover, is)
    await scripts.turn(client, [regionKeys(cover.region).turns], [cover.id, leased, at ?? ''])
  }
  const settle = async (region: string) => {
    const { covers: stored, turns } = regionKeys(region)
    for (;;) {
      if (closed) return
      const { until, found } = await scripts.takeTurns(client, [stored, turns], [leaseMs, batch])
      const results = await Promise.allSettled(found.map((json) => turn(decodeCover(json), until)))
      for (const result of results)
        if (result.status === 'rejected') log.warn({ err: result.reason }, 'a cover will be told of after its lease')
      if (found.length < batch) return
    }
  }
  const round = async () => {
    const results = await Promise.allSettled(regions.map(settle))
    for (const result of results)
      if (result.status === 'rejected') log.debug({ err: result.reason }, 'covers cannot be looked for; trying again')
  }
  const look = () => {
    if (closed) return
    running ??= round().finally(() => {
      running = undefined
    })
  }
  look()
  const timer = setInterval(look, everyMs)
  return {
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(timer)
      await running
    },
  }
}
