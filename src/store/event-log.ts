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
const retryMs = 50

/** Follows logs from now on until disposed. Survives outages of Redis: it goes on from the last entry it has seen. */
export function followLogs({ client, keys, onEvent, log }: FollowOptions): Follower {
  const positions = new Map<string, string>()
  let closed = false
  const started = Promise.withResolvers<void>()

  // A client that is closed between two attempts to reconnect leaves its commands pending for ever (ioredis 6.0).
  let interrupt = () => {}
  const interruptible = <T>(command: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      interrupt = () => reject(new Error('the follower is closed'))
      command.then(resolve, reject)
    })

  const start = async () => {
    for (const key of keys) {
      const [newest] = await interruptible(client.xrevrange(key, '+', '-', 'COUNT', 1))
      positions.set(key, newest?.[0] ?? '0-0')
    }
    started.resolve()
  }

  const readOnce = async () => {
    const reply = await interruptible(
      client.xread('COUNT', 500, 'BLOCK', blockMs, 'STREAMS', ...keys, ...positions.values()),
    )
    for (const [key, entries] of reply ?? []) {
      for (const [id, fields] of entries) {
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
    while (!closed) {
      try {
        if (positions.size < keys.length) await start()
        else await readOnce()
      } catch (err) {
        if (closed) break
        log.warn({ err }, 'event logs cannot be read; trying again')
        await new Promise((resolve) => setTimeout(resolve, retryMs))
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
      interrupt()
      await running
    },
  }
}
