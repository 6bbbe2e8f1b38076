/**
 * Takes old events out of the logs and feeds of shards. They are there for whoever was away a moment: what they told lies
 * where it is kept, and goes from there when its time is over (src/retention). Here it must not outlast that.
 */
import type { Logger } from 'pino'
import { eventsPrelude, shardKeys } from './events.ts'
import { key } from './key.ts'
import type { RedisClient } from './redis.ts'
import { script } from './script.ts'

export const agingKeys = (tag: string) => ({
  marks: key('events', tag, 'marks'), // zset  id of an entry of the log -> when it was the newest (ms); while it is there
  aging: key('events', tag, 'aging'), // hash  pass, cursor (lua/age-feeds.lua); permanent
})

/** How long events stay at least; after twice as long they are gone. Retention keeps nothing for less than 30 days. */
export interface Ages {
  /** Longer than systemMessages reads back. */
  readonly logMs: number
  readonly feedsMs: number
}

export interface AgingOptions {
  readonly client: RedisClient
  readonly tags: readonly string[]
  readonly log: Logger
}

const hourMs = 60 * 60 * 1_000
const ages: Ages = { logMs: 25 * hourMs, feedsMs: 7 * 24 * hourMs }
const everyMs = 10 * 60 * 1_000
const fieldsAtOnce = 1_000

const ageLog = script<[log: string, nudge: string, marks: string], [keepMs: number], number>(
  new URL('./lua/age-log.lua', import.meta.url),
  Number,
  [eventsPrelude],
)

const ageFeeds = script<
  [feeds: string, aging: string],
  [everyMs: number, count: number],
  { readonly more: boolean; readonly removed: number }
>(
  new URL('./lua/age-feeds.lua', import.meta.url),
  (reply) => {
    const [more, removed] = reply as [0 | 1, number]
    return { more: more === 1, removed }
  },
  [eventsPrelude],
)

/** Safe on every node at once. @returns how many events went. */
export async function ageEvents(client: RedisClient, tag: string, { logMs, feedsMs }: Ages): Promise<number> {
  const { log, nudge, feeds } = shardKeys(tag)
  const { marks, aging } = agingKeys(tag)
  let removed = await ageLog(client, [log, nudge, marks], [logMs])
  for (let more = true; more; ) {
    const done = await ageFeeds(client, [feeds, aging], [feedsMs, fieldsAtOnce])
    removed += done.removed
    more = done.more
  }
  return removed
}

/** Works until disposed; then it waits for the shard in hand. */
export function startAging({ client, tags, log }: AgingOptions): AsyncDisposable {
  let closed = false
  let running: Promise<void> | undefined
  const round = async () => {
    for (const tag of tags) {
      if (closed) return
      await ageEvents(client, tag, ages).catch((err) =>
        log.debug({ err, shard: tag }, 'old events stay until the next look'),
      )
    }
  }
  const look = () => {
    running ??= round().finally(() => {
      running = undefined
    })
  }
  const timer = setInterval(look, everyMs)
  return {
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(timer)
      await running
    },
  }
}
