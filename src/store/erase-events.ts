/** Takes somebody out of the event logs and feeds of a shard: what they wrote, what was told to them, and of them to others. */
import { nothingEntry, shardKeys } from './events.ts'
import type { RedisClient } from './redis.ts'
import { script } from './script.ts'

/** Fields of a hash that one run of the script looks at: a millisecond or two, so that nobody waits. */
const slice = 1_000

const eraseLogScript = script<[log: string], [person: string, nothing: string], number>(
  new URL('./lua/erase-log.lua', import.meta.url),
  Number,
)
const eraseFeedsScript = script<
  [feeds: string],
  [person: string, cursor: string, count: number],
  { readonly next: string; readonly removed: number }
>(new URL('./lua/erase-feeds.lua', import.meta.url), (reply) => {
  const [next, removed] = reply as [string, number]
  return { next, removed }
})

/** In one step, between any two events. A node that had not read what is gone asks the streams instead (shards.ts). */
const eraseFromLog = (client: RedisClient, tag: string, person: string): Promise<number> =>
  eraseLogScript(client, [shardKeys(tag).log], [person, nothingEntry])

async function eraseFromFeeds(client: RedisClient, tag: string, person: string): Promise<number> {
  for (let cursor = '0', removed = 0; ; ) {
    const done = await eraseFeedsScript(client, [shardKeys(tag).feeds], [person, cursor, slice])
    removed += done.removed
    cursor = done.next
    if (cursor === '0') return removed
  }
}

/** Repeating it finds nothing more. @returns how many events went. */
export const eraseEvents = async (client: RedisClient, tag: string, person: string): Promise<number> =>
  (await eraseFromFeeds(client, tag, person)) + (await eraseFromLog(client, tag, person))
