/** Takes somebody out of the event logs and feeds of a shard: what they wrote, what was told to them, and of them to others. */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { VisavisError } from '../protocol/errors.ts'
import { nothingEntry, shardKeys } from './events.ts'
import { key } from './key.ts'
import type { RedisClient } from './redis.ts'
import { script } from './script.ts'

export const eraseKeys = (tag: string) => ({
  anew: key('events', tag, 'anew'), //         stream  the log while it is made anew without somebody; at most 10 min
  rewriter: key('events', tag, 'rewriter'), // string  token of whoever makes it; 10 s
})

/** What one run of a script looks at: some milliseconds, so that nobody waits. */
const fieldsAtOnce = 1_000
const entriesAtOnce = 250
/** A node that has said nothing for so long does not go on. */
const turnMs = 10_000
const againMs = 20
const patienceMs = 30_000

type EraseLogArgs = [
  person: string,
  nothing: string,
  token: string,
  mode: 'look' | 'copy',
  after: string,
  found: number,
  slice: number,
  turnMs: number,
]
/** Undefined: it is somebody else's turn. */
const eraseLogScript = script<
  [log: string, anew: string, rewriter: string],
  EraseLogArgs,
  { readonly next: string; readonly found: number } | undefined
>(new URL('./lua/erase-log.lua', import.meta.url), (reply) => {
  if (reply === null) return undefined
  const [next, found] = reply as [string, number]
  return { next, found }
})

const eraseFeedsScript = script<
  [feeds: string],
  [person: string, cursor: string, count: number],
  { readonly next: string; readonly removed: number }
>(new URL('./lua/erase-feeds.lua', import.meta.url), (reply) => {
  const [next, removed] = reply as [string, number]
  return { next, removed }
})

/** Repeating it finds nothing more. @returns how many events went. */
export async function eraseEvents(client: RedisClient, tag: string, person: string): Promise<number> {
  const removed = await eraseFromFeeds(client, tag, person)
  // Mostly there is nothing in a log: then it is not made anew.
  if ((await throughLog(client, { tag, person, mode: 'look' })) === 0) return removed
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await delay(againMs)) {
    const found = await throughLog(client, { tag, person, mode: 'copy' })
    if (found !== undefined) return removed + found
  }
  throw new VisavisError('UNAVAILABLE', 'somebody else is being erased from this log')
}

/**
 * The log is replaced between any two events. A node that had not read what is gone asks the streams instead (shards.ts).
 * @returns how many entries were found; undefined when it was somebody else's turn.
 */
async function throughLog(
  client: RedisClient,
  { tag, person, mode }: { readonly tag: string; readonly person: string; readonly mode: 'look' | 'copy' },
): Promise<number | undefined> {
  const { log } = shardKeys(tag)
  const { anew, rewriter } = eraseKeys(tag)
  const token = randomUUID()
  for (let at = { next: '0-0', found: 0 }; ; ) {
    const done = await eraseLogScript(
      client,
      [log, anew, rewriter],
      [person, nothingEntry, token, mode, at.next, at.found, entriesAtOnce, turnMs],
    )
    if (done === undefined || done.next === '') return done?.found
    at = done
  }
}

async function eraseFromFeeds(client: RedisClient, tag: string, person: string): Promise<number> {
  for (let cursor = '0', removed = 0; ; ) {
    const done = await eraseFeedsScript(client, [shardKeys(tag).feeds], [person, cursor, fieldsAtOnce])
    removed += done.removed
    cursor = done.next
    if (cursor === '0') return removed
  }
}
