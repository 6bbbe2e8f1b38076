/** Several connections for one domain: what waits for a flush of the log to disk shares it with more. */
import { type RedisClient, unanswered } from './redis.ts'

/**
 * Commands of one connection that Redis reads in one go and so pays one flush for: it takes some 32 kB of each connection at
 * a time. Fewer than that are best kept together, on the first one.
 */
const batch = 32

/** The first connection whose next batch has room, or else the one with the fewest waiting. */
export function emptiest(first: RedisClient, further: readonly RedisClient[]): RedisClient {
  if (unanswered(first) < batch) return first
  let best = first
  for (const client of further) {
    if (client.status !== 'ready') continue
    if (unanswered(client) < batch) return client
    if (unanswered(client) < unanswered(best)) best = client
  }
  return best
}
