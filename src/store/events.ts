/**
 * Events that cannot be lost. A shard is a Redis tag; each Lua transition appends its events to the log of its shard, so
 * an event exists exactly if its transition does. An event that belongs to a person also goes into their feed, where it
 * has a number, so that a client can prove that it has no gap. lua/events.lua does both, atomically.
 */
import { outageAware } from './errors.ts'
import { key } from './key.ts'
import type { RedisClient } from './redis.ts'
import { script } from './script.ts'
import { elsewhere, type FeedPlace, frameFor, frameOf, isShared, toldBy } from './shared-event.ts'

/** The Lua text that gives scripts `emit` and `feed`; to be named as the prelude of a script. */
export const eventsPrelude = new URL('./lua/events.lua', import.meta.url)
/** The same for an event of several people that is stored once; to be named after it. */
export const sharedEventPrelude = new URL('./lua/shared-event.lua', import.meta.url)

/** Keys of one shard. Tags of different domains never meet: regions are names, chat's are s0 … s15. */
export const shardKeys = (tag: string) => ({
  log: key('events', tag, 'log'), //     stream  ids 0-1, 0-2 …, field e or parts of events; trimmed to about 10,000, and none older than two days (aging.ts)
  nudge: key('events', tag, 'nudge'), // channel "<sequence number> <entry>" of each entry
  feeds: key('events', tag, 'feeds'), // hash    <person> -> last offset, <person>/epoch, <person>/<offset> -> frame, shared event or where it is, <person>/aged (lua/age-feeds.lua); the newest 500 each, and none older than two weeks
})

/** One event as the log has it. */
export interface LogEntry {
  /**
   * Who is told: `person:<id>`, `channel:<jobseeker>`, `presence:<person>`, `teamTopic`; or `fact`, for this node's own
   * domains.
   */
  readonly topic: string
  /** Its place in the durable stream named by the topic; undefined for an event that is in none. */
  readonly offset: number | undefined
  readonly name: string
  /** The finished frame for clients, or the fact as JSON. */
  readonly text: string
}

/** The number of what is told to whoever is there, and stands in no log. */
export const unnumbered = 0

/** What stands in a log where something was that is erased. */
export const nothingEntry = '- - erased '

/** Tells the nodes of something that nobody needs to know later. It may be lost. */
export async function announce(
  client: RedisClient,
  tag: string,
  { topic, name, text }: Omit<LogEntry, 'offset'>,
): Promise<void> {
  await client.spublish(shardKeys(tag).nudge, `${unnumbered} ${topic} - ${name} ${text}`)
}

/** Whoever works in a team. Its name is free text, and an entry is parted at spaces. */
export const teamTopic = (region: string, team: string): string => `team:${region}/${encodeURIComponent(team)}`

/** Pure. @throws Error when the text is no entry: only our own scripts write there. */
export function parseEntry(entry: string): LogEntry {
  const first = entry.indexOf(' ')
  const second = entry.indexOf(' ', first + 1)
  const third = entry.indexOf(' ', second + 1)
  if (first < 1 || second < 0 || third < 0) throw new Error('not an entry of an event log')
  const offset = entry.slice(first + 1, second)
  return {
    topic: entry.slice(0, first),
    offset: offset === '-' ? undefined : Number(offset),
    name: entry.slice(second + 1, third),
    text: entry.slice(third + 1),
  }
}

/** Pure: the text of an entry from its fields in the log: one of them; before 2026-11-27, of several events, the parts of each. */
export function textOf(fields: readonly string[]): string {
  if (fields.length <= 2) return fields[1] ?? ''
  const lines: string[] = []
  for (let n = 0; n < fields.length; n += 8) {
    lines.push(`${fields[n + 1]}\n${fields[n + 3]}${fields[n + 5]}\n${fields[n + 7]}`)
  }
  return lines.join('\n')
}

/** What a node of a version before 2026-11-27 says in a nudge instead of an entry of several events: to be read from the log. */
export const inParts = '*'

/** Pure: what an entry says, one for each topic. @throws Error when the text is no entry. */
export const parseEntries = (entry: string): LogEntry[] =>
  isShared(entry)
    ? toldBy(entry).map(({ person, offset, name, frame }) => ({ topic: `person:${person}`, offset, name, text: frame }))
    : [parseEntry(entry)]

const pageSize = 500

/** What the log of a shard still has, oldest first. */
export async function* entriesOf(client: RedisClient, tag: string): AsyncGenerator<LogEntry> {
  const { log } = shardKeys(tag)
  for (let start = '-'; ; ) {
    const page = await outageAware(client.xrange(log, start, '+', 'COUNT', pageSize))
    for (const [, fields] of page) yield* parseEntries(textOf(fields))
    if (page.length < pageSize) return
    start = `(${page.at(-1)?.[0]}`
  }
}

export interface FeedPosition {
  /** '' until the first entry. */
  readonly epoch: string
  readonly offset: number
}

export interface FeedSince {
  readonly position: FeedPosition
  /** All frames after the position asked for, in order; undefined when they cannot be told without a gap. */
  readonly frames: readonly string[] | undefined
}

const feedSinceScript = script<
  [feeds: string],
  [person: string, epoch: string, offset: number, most: number],
  FeedSince
>(new URL('./lua/feed-since.lua', import.meta.url), (reply) => {
  const [epoch, offset, whole, ...frames] = reply as [string, number, 0 | 1, ...string[]]
  return { position: { epoch, offset }, frames: whole === 1 ? frames : undefined }
})

/** What came into the feed of a person after `since`: all of it (at most `most`), or only where the feed stands. */
export async function feedSince(
  client: RedisClient,
  { tag, person, since, most }: { tag: string; person: string; since: FeedPosition; most: number },
): Promise<FeedSince> {
  const { feeds } = shardKeys(tag)
  const { position, frames: texts } = await feedSinceScript(client, [feeds], [person, since.epoch, since.offset, most])
  if (texts === undefined) return { position, frames: undefined }
  const frames = await framesOf(client, texts, { person, epoch: position.epoch, offset: since.offset + 1 })
  return { position, frames }
}

/** Of what a feed keeps, from one place on; undefined when what one of them tells of is there no more. */
export async function framesOf(
  client: RedisClient,
  texts: readonly string[],
  first: FeedPlace,
): Promise<string[] | undefined> {
  const places = texts.map(elsewhere)
  const fields = Map.groupBy(
    places.filter((place) => place !== undefined),
    ({ hash }) => hash,
  )
  const found = new Map<string, string | null>()
  for (const [hash, those] of fields) {
    const asked = [...new Set(those.flatMap(({ fields }) => fields))]
    const values = await outageAware(client.hmget(hash, ...asked))
    for (const [n, field] of asked.entries()) found.set(`${hash} ${field}`, values[n] ?? null)
  }
  const frames: string[] = []
  for (const [n, text] of texts.entries()) {
    const place = places[n]
    if (place === undefined) {
      frames.push(frameFor(first.person, text))
      continue
    }
    const [entry, rest] = place.fields.map((field) => found.get(`${place.hash} ${field}`))
    if (typeof entry !== 'string' || typeof rest !== 'string') return undefined
    frames.push(frameOf(place, [entry, rest], { ...first, offset: first.offset + n }))
  }
  return frames
}
