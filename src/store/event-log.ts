/**
 * Facts of a domain, in order, for those who act on them: each Lua transition appends its event to the log stream of
 * the tag it works on (field `e`, JSON), so an event exists exactly if its transition does.
 */
import type { Logger } from 'pino'
import type { RedisClient } from './redis.ts'

/** Entries kept per log. A follower that is further behind must read the domain's state instead. */
export const logLength = 10_000

export interface FollowOptions {
  /** A connection of its own: reading blocks it. Closed by the follower. */
  readonly client: RedisClient
  readonly keys: readonly string[]
  /** Called once per event, in order per log, never twice at the same time for one follower. */
  readonly onEvent: (event: unknown, key: string) => void | Promise<void>
  readonly log: Logger
}

export interface Follower extends AsyncDisposable {
  /** Resolves when the follower reads: what is written from then on is seen. */
  readonly ready: Promise<void>
}

const blockMs = 1_000
const firstRetryMs = 20
const longestRetryMs = 1_000

/**
 * Follows logs from now on until disposed. Survives outages of Redis: it goes on from the last entry it has seen.
 * Disposing never waits for Redis, only for an `onEvent` in progress.
 */
export function followLogs({ client, keys, onEvent, log }: FollowOptions): Follower {
  const positions = new Map<string, string>()
  const started = Promise.withResolvers<void>()
  let closed = false
  // ioredis leaves a command unsettled for ever when it is disconnected between two attempts to reconnect.
  let abandon = () => {}
  const unlessClosed = <T>(reading: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      abandon = () => reject(new Error('the follower is closed'))
      reading.then(resolve, reject)
    })

  const start = async () => {
    const newest = await unlessClosed(Promise.all(keys.map((key) => client.xrevrange(key, '+', '-', 'COUNT', 1))))
    for (const [n, key] of keys.entries()) positions.set(key, newest[n]?.[0]?.[0] ?? '0-0')
    started.resolve()
  }

  const readOnce = async () => {
    const from = keys.map((key) => positions.get(key) ?? '0-0')
    const reply = await unlessClosed(client.xread('COUNT', 500, 'BLOCK', blockMs, 'STREAMS', ...keys, ...from))
    for (const [key, entries] of reply ?? []) {
      for (const [id, fields] of entries) {
        if (closed) return
        positions.set(key, id)
        try {
          await onEvent(JSON.parse(fields[1] ?? 'null'), key)
        } catch (err) {
          log.error({ err, key, id }, 'an event could not be handled')
        }
      }
    }
  }

  const loop = async () => {
    let retryMs = firstRetryMs
    while (!closed) {
      try {
        if (positions.size < keys.length) await start()
        await readOnce()
        retryMs = firstRetryMs
      } catch (err) {
        if (closed) break
        log.warn({ err }, 'event logs cannot be read; trying again')
        await new Promise((resolve) => setTimeout(resolve, retryMs))
        retryMs = Math.min(2 * retryMs, longestRetryMs)
      }
    }
    started.resolve()
  }
  const running = loop()

  return {
    ready: started.promise,
    async [Symbol.asyncDispose]() {
      closed = true
      client.disconnect()
      abandon()
      await running
    },
  }
}
