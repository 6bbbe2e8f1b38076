/** A connection to Redis for whoever works a queue as a library, ours and the peer's. */
import { Redis } from 'ioredis'

/**
 * As the product's (src/store/redis.ts), with one write for what is asked for in one turn of the loop, but without its
 * limits of time: a generator that is held up on a busy machine is slow, and Redis is not away.
 */
export const libraryClient = (socket: string): Redis =>
  new Redis(socket, { enableAutoPipelining: true, maxRetriesPerRequest: null })
