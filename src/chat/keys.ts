/** Keys of one channel, all in the shard of the channel, so that one script may touch them all. */
import { shardKeys } from '../store/events.ts'
import { key, shardTag, shardTags } from '../store/key.ts'

/** Channels are spread over this many tags: a node follows this many logs of events, whatever the number of channels. */
const shards = 16

/** Idempotency keys are kept by periods: a period that is over goes as a whole. */
export const keyPeriodMs = 48 * 60 * 60 * 1_000
/** Nodes whose clocks differ by less agree on which periods to look into. */
const clockToleranceMs = 10 * 60 * 1_000

export const tagOf = (channel: string): string => shardTag(channel, shards)

export const channelKeys = (channel: string) => {
  const tag = tagOf(channel)
  const own = key('chat', tag, channel)
  const of = (what: string) => `${own}:${what}`
  return {
    messages: of('list'), //     list   of messages as JSON (lua/message.lua); the first one has the offset meta.first or 1; until retention removes them
    meta: of('state'), //        hash   epoch, last (newest offset), first (oldest kept; absent: 1), changes (how many), side (j: the jobseeker waits for an answer; a: nobody does) and since (when that began, ms), settled (up to which message no answer is needed), alerted (1 while others were told that it waits), watched (1 while the channel is in unread; reminded while somebody was written to, or is about to be); of each person @ read up to, + received up to, ~ marked unread from; permanent. Or, for 48 h, only erased: the channel was forgotten, and nothing may make it anew
    changes: of('changes'), //   zset   "<position> <offset changed>" -> position, of edits, deletions, pins and expiries; until the messages before it are gone
    uncounted: of('uncounted'), // zset offset -> offset, of what nobody has to read: deleted messages, and those of the service; as long as their places
    versions: of('versions'), // hash   offset -> JSON of the texts before its edits, [{ at, by, text }]; until the message is deleted or gone
    pins: of('pins'), //         zset   offset -> when it was pinned (ms)
    /** What an idempotency key was answered with. Two periods are looked into; each goes after two more. */
    published: (period: number) => of(`keys:${period}`), // hash  key, or what fieldOf (lua/message.lua) makes of it -> "<offset> <position>"; 144 h from its first entry
    ...(byTag.get(tag) ?? shardOfTag(tag)),
  }
}

const shardOfTag = (tag: string) => ({
  channels: key('chat', tag, 'channels'), // zset  every channel that has a message, score 0; permanent
  open: key('chat', tag, 'open'), //         zset  channel -> when somebody is to look at its clock (ms); while its jobseeker waits for an answer, or others were told so
  unread: key('chat', tag, 'unread'), //     zset  channel -> when somebody is to look whether it was read (ms); from a message on until it was, or mail was written
  dropped: key('chat', tag, 'dropped'), //   set   <channel>/<attachment> of messages that are gone; until the file is gone
  named: key('chat', tag, 'named'), //       zset  <person>/<channel> where the service has named that person, score 0; permanent
  ...shardKeys(tag), //                      log and nudge of the shard
})

/** They are few, and every message needs them. */
const byTag: ReadonlyMap<string, ReturnType<typeof shardOfTag>> = new Map(
  shardTags(shards).map((tag) => [tag, shardOfTag(tag)]),
)

/** The keys of a whole shard, for those who look after all of its channels. */
export const chatShards = () => [...byTag].map(([tag, keys]) => ({ tag, ...keys }))

/**
 * The period in which a key is remembered, and the one that may know it already: the one before; or, shortly before the
 * end of a period, the next one, for a node whose clock is ahead. So a key is known for 47 h and 50 min at least.
 */
export function keyPeriods(at: number): [current: number, other: number] {
  const current = Math.floor(at / keyPeriodMs)
  return [current, (current + 1) * keyPeriodMs - at < clockToleranceMs ? current + 1 : current - 1]
}

/** Every period whose keys may still be there. */
export const keptPeriods = (at: number): readonly number[] => {
  const current = Math.floor(at / keyPeriodMs)
  return [current - 3, current - 2, current - 1, current, current + 1]
}

/** The shards of all channels, for followShards. */
export const chatTags: readonly string[] = shardTags(shards)
