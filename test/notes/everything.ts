/** All that a Redis holds, as text: to prove what is not there. */
import type { RedisClient } from '../../src/store/redis.ts'

export async function everythingIn(client: RedisClient): Promise<string> {
  const parts: string[] = []
  for await (const keys of client.scanStream({ count: 1_000 }) as AsyncIterable<string[]>)
    for (const key of keys) parts.push(key, JSON.stringify(await contentOf(client, key)))
  return parts.join('\n')
}

async function contentOf(client: RedisClient, key: string): Promise<unknown> {
  switch (await client.type(key)) {
    case 'string':
      return client.get(key)
    case 'hash':
      return client.hgetall(key)
    case 'set':
      return client.smembers(key)
    case 'zset':
      return client.zrange(key, '0', '-1', 'WITHSCORES')
    case 'list':
      return client.lrange(key, 0, -1)
    case 'stream':
      return client.xrange(key, '-', '+')
    default:
      return undefined
  }
}
