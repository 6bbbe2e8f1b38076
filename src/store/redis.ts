/** The connection to Redis, whichever way it was had. The only place that knows ioredis' options. */
import { Redis } from 'ioredis'

export type RedisClient = Redis

/**
 * A client that never gives a wrong answer: a command in flight when Redis dies is sent again after reconnection
 * (so every write must be idempotent), and one that cannot be sent fails instead of waiting for ever.
 * @param target `redis://…`, or the path of a unix socket.
 */
export function connectRedis(target: string, options: { blocking?: boolean } = {}): RedisClient {
  return new Redis(target, {
    enableAutoPipelining: options.blocking !== true,
    // A reader that blocks waits through an outage; a request has somebody waiting for its answer.
    maxRetriesPerRequest: options.blocking === true ? null : 100,
    retryStrategy: (attempt) => Math.min(10 * attempt, 200),
    connectTimeout: 2_000,
  })
}
