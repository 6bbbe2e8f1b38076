/** The durable streams as Redis has them, read past the server. */
import { decodeMessage } from '../../src/chat/message.ts'
import { framesOf, parseEntries, shardKeys, textOf } from '../../src/store/events.ts'
import { key, shardTag } from '../../src/store/key.ts'
import type { RedisClient } from '../../src/store/redis.ts'
import type { Stored } from './heard.ts'

/** The data of every chat.messagePublished of a channel. Its keys are those of src/chat/keys.ts, spelt out. */
export async function storedChannel(client: RedisClient, channel: string): Promise<Stored> {
  const of = (what: string) => key('chat', shardTag(channel, 16), channel, what)
  const stored = await client.lrange(of('list'), 0, -1)
  const { epoch = '', last = '0', changes = '0' } = await client.hgetall(of('state'))
  if (Number(last) !== stored.length || changes !== '0')
    throw new Error(`${channel}: ${stored.length} are not all there is`)
  return { epoch, entries: stored.map((json, index) => ({ channel, message: decodeMessage(index + 1, json) })) }
}

/**
 * The data of every event of a personal feed. The feed keeps the newest 500 only, so all are read from the log of the
 * region, which must be whole; and the feed must agree with it.
 */
export async function storedFeed(client: RedisClient, region: string, person: string): Promise<Stored> {
  const { log, feeds } = shardKeys(region)
  const all = await client.xrange(log, '-', '+')
  if (all.length > 0 && all[0]?.[0] !== '0-1') throw new Error('the log was trimmed: the test writes too much')
  const entries = all
    .flatMap(([, fields]) => parseEntries(textOf(fields)))
    .filter(({ topic, offset }) => topic === `person:${person}` && offset !== undefined)
  const kept = await client.hgetall(feeds)
  for (const [index, { offset, text }] of entries.entries()) {
    if (offset !== index + 1) throw new Error(`${person}: offset ${offset} is logged at place ${index + 1}`)
    const frame = kept[`${person}/${offset}`]
    const place = { person, epoch: kept[`${person}/epoch`] ?? '', offset }
    if (frame !== undefined && (await framesOf(client, [frame], place))?.[0] !== text)
      throw new Error(`${person}: feed and log differ at ${offset}`)
  }
  if (Number(kept[person] ?? 0) !== entries.length) throw new Error(`${person}: feed and log differ in length`)
  return {
    epoch: kept[`${person}/epoch`] ?? '',
    entries: entries.map(({ text }) => (JSON.parse(text) as { data: unknown }).data),
  }
}
