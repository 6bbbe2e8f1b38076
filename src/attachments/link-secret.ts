/** What links are signed with: made once and kept in Redis, so that every node takes the links of every other. */
import { randomBytes } from 'node:crypto'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { linkSecretKey } from './keys.ts'

/** Asked for at each use: it is one round trip, and a Redis that lost its data is found out at once. */
export async function linkSecret(client: RedisClient): Promise<string> {
  const fresh = randomBytes(32).toString('base64url')
  // Of two nodes at once one sets it, and the other gets what is there.
  return (await outageAware(client.set(linkSecretKey, fresh, 'NX', 'GET'))) ?? fresh
}
