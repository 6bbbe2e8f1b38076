/** Writes an entry as the scripts of the domains do. */
import { eventsPrelude, shardKeys } from '../../src/store/events.ts'
import type { RedisClient } from '../../src/store/redis.ts'
import { script } from '../../src/store/script.ts'

const emitScript = script<[log: string, nudge: string], [text: string], void>(new URL(
  './emit.lua',
  import.meta.url,
), () => {}, [eventsPrelude])
const feedScript = script<
  [feeds: string, log: string, nudge: string],
  [person: string, name: string, data: string],
  void
>(new URL('./feed.lua', import.meta.url), () => {}, [eventsPrelude])

export const emit = (client: RedisClient, tag: string, text: string): Promise<void> => {
  const { log, nudge } = shardKeys(tag)
  return emitScript(client, [log, nudge], [text])
}

export const feed = (client: RedisClient, tag: string, person: string, data: unknown): Promise<void> => {
  const { feeds, log, nudge } = shardKeys(tag)
  return feedScript(client, [feeds, log, nudge], [person, 'callback.changed', JSON.stringify(data)])
}
