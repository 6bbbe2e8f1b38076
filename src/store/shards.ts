/**
 * Follows the event logs of many shards. Redis' pub/sub only nudges, with the entry in hand so that nobody has to ask for
 * it; the log is the truth. Every entry of a log has a number without gaps: a nudge that does not come next, or an entry
 * found by the regular look, shows that one was lost, and then the log is read.
 */
import type { Logger } from 'pino'
import { inParts, type LogEntry, nothingEntry, parseEntries, shardKeys, textOf, unnumbered } from './events.ts'
import type { RedisClient } from './redis.ts'

export interface FollowShardsOptions {
  /** For reads; shared. */
  readonly client: RedisClient
  /** A connection of its own for the nudges. Closed by the follower. */
  readonly subscriber: RedisClient
  readonly tags: readonly string[]
  /** Called once per entry, in the order of its log; of one that several are told, once for each. What it throws is logged. */
  readonly onEntry: (entry: LogEntry, tag: string) => void
  /** Entries of this shard were missed for good (the log was trimmed, or lost and made anew): ask the streams themselves. */
  readonly onLost: (tag: string) => void
  readonly log: Logger
  /** How often each log is looked at without a nudge; at most so long a lost nudge goes unnoticed. */
  readonly lookEveryMs?: number
}

export interface Follower extends AsyncDisposable {
  /** Resolves when every shard is followed: what is written from then on is seen. */
  readonly ready: Promise<void>
  /** Entries that came by reading the log and not by their nudge. */
  readonly repaired: number
}

const lookEveryDefaultMs = 400
const pageSize = 500
const retryMs = 200

/** Where a follower stands in one shard. */
interface Shard {
  readonly tag: string
  readonly log: string
  /** Number and text of the last entry seen: a log in which they differ is not the same log any more. */
  last: number
  lastEntry: string | undefined
  /** Where its log ends is known: what comes next may be told. */
  known: boolean
  reading: boolean
  /** A nudge came while reading that does not come next. */
  again: boolean
}

/** Follows from now on until disposed. Survives outages of Redis. Disposing never waits for Redis. */
export function followShards(options: FollowShardsOptions): Follower {
  const { client, subscriber, tags, log, lookEveryMs = lookEveryDefaultMs } = options
  const started = Promise.withResolvers<void>()
  const shards = tags.map((tag): Shard => {
    const state = { last: 0, lastEntry: undefined, known: false, reading: false, again: false }
    return { tag, log: shardKeys(tag).log, ...state }
  })
  const byNudge = new Map(shards.map((shard) => [shardKeys(shard.tag).nudge, shard]))
  let closed = false
  let repaired = 0

  const deliver = (shard: Shard, number: number, entry: string) => {
    shard.last = number
    shard.lastEntry = entry
    hand(shard, number, entry)
  }
  const hand = (shard: Shard, number: number, entry: string) => {
    const failed = (err: unknown) => log.error({ err, shard: shard.tag, number }, 'an event could not be handled')
    attempt(() => {
      for (const one of parseEntries(entry)) attempt(() => options.onEntry(one, shard.tag), failed)
    }, failed)
  }

  const readNewest = async (shard: Shard) => {
    const [newest] = await client.xrevrange(shard.log, '+', '-', 'COUNT', 1)
    shard.last = newest === undefined ? 0 : numberOf(newest[0])
    shard.lastEntry = newest === undefined ? undefined : textOf(newest[1])
    shard.known = true
  }

  /** Until it is known where the other log ends, no number says what comes next. */
  const newBeginning = async (shard: Shard) => {
    shard.known = false
    try {
      await readNewest(shard)
    } finally {
      // When it could not be read, the next look finds another log once more.
      shard.known = true
    }
  }

  /** Meanwhile nudges that come next are told as ever: a look must hold nobody up while Redis waits for its disk. */
  const readOnce = async (shard: Shard) => {
    const { last: from, lastEntry } = shard
    const entries = await client.xrange(shard.log, `0-${from}`, '+', 'COUNT', pageSize)
    // The last entry seen comes first again, the same: or else this is another log, or one cut off beyond it.
    const [first] = entries
    if (from > 0 && !isSame(from, lastEntry, first)) {
      log.warn({ shard: shard.tag, at: from }, 'events of a shard were missed; those who follow it ask again')
      await newBeginning(shard)
      options.onLost(shard.tag)
      return
    }
    let erased = false
    for (const [id, fields] of entries) {
      if (closed || numberOf(id) <= shard.last) continue
      const entry = textOf(fields)
      repaired += 1
      erased ||= entry === nothingEntry
      deliver(shard, numberOf(id), entry)
    }
    // What was erased before this node had read it may have been told to others as well.
    if (erased) options.onLost(shard.tag)
    if (entries.length === pageSize) shard.again = true
  }

  const read = async (shard: Shard) => {
    if (shard.reading || closed) return
    shard.reading = true
    try {
      do {
        shard.again = false
        if (shard.known) await readOnce(shard)
        else await readNewest(shard)
      } while (shard.again && !closed)
    } finally {
      shard.reading = false
    }
  }
  const readSoon = (shard: Shard) => {
    // The next look tries again.
    read(shard).catch((err) => log.debug({ err, shard: shard.tag }, 'an event log cannot be read'))
  }

  const onNudge = (channel: string, message: string) => {
    const shard = byNudge.get(channel)
    if (shard === undefined || closed) return
    const space = message.indexOf(' ')
    const number = Number(message.slice(0, space))
    const entry = message.slice(space + 1)
    if (number === unnumbered) hand(shard, number, entry)
    else if (!shard.known) shard.again = true
    else if (number === shard.last + 1 && entry !== inParts) deliver(shard, number, entry)
    else if (number > shard.last && shard.reading) shard.again = true
    else if (number > shard.last) readSoon(shard)
  }

  const start = async () => {
    while (!closed) {
      try {
        // One by one: in a cluster they lie in different slots. Pipelined all the same.
        await Promise.all([...byNudge.keys()].map((nudge) => subscriber.ssubscribe(nudge)))
        await Promise.all(shards.map(read))
        return
      } catch (err) {
        if (closed) return
        log.warn({ err }, 'event logs cannot be followed; trying again')
        await new Promise((resolve) => setTimeout(resolve, retryMs))
      }
    }
  }
  const lookAtAll = () => {
    for (const shard of shards) if (shard.known) readSoon(shard)
  }
  subscriber.on('smessage', onNudge)
  // After an outage whatever was written meanwhile is found at once.
  subscriber.on('ready', lookAtAll)
  const timer = setInterval(lookAtAll, lookEveryMs)
  void start().then(started.resolve)

  return {
    ready: started.promise,
    get repaired() {
      return repaired
    },
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(timer)
      subscriber.off('smessage', onNudge)
      subscriber.off('ready', lookAtAll)
      subscriber.disconnect()
      started.resolve()
    },
  }
}

function attempt(act: () => void, failed: (err: unknown) => void): void {
  try {
    act()
  } catch (err) {
    failed(err)
  }
}

/** Whether this is the last entry that was seen; it may have been erased since. */
const isSame = (last: number, lastEntry: string | undefined, found: StreamEntry | undefined): boolean =>
  found !== undefined && numberOf(found[0]) === last && [lastEntry, nothingEntry].includes(textOf(found[1]))

type StreamEntry = readonly [id: string, fields: string[]]

/** Of `0-17`. */
const numberOf = (id: string): number => Number(id.slice(2))
