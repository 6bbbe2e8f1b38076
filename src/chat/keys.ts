/** Keys of one channel, all in the shard of the channel, so that one script may touch them all. */
import { shardKeys } from '../store/events.ts'
import { key, shardTag, shardTags } from '../store/key.ts'

/** Channels are spread over this many tags: a node follows this many logs of events, whatever the number of channels. */
const shards = 16

export const channelKeys = (channel: string) => {
  const tag = shardTag(channel, shards)
  const of = (...what: string[]) => key('chat', tag, channel, ...what)
  return {
    messages: of('messages'), // stream  entry id <offset>-0 -> k key, f sender, t text, a at (ms), in this order; permanent
    meta: of('meta'), //         hash    epoch, last (newest offset), @<person> (offset read up to); permanent
    /** What a key was answered with, so that a repeat gets the same. */
    published: (idempotencyKey: string) => of('key', idempotencyKey), // string  offset:epoch:at; 48 h
    ...shardKeys(tag), //        log and nudge of the shard
  }
}

/** The shards of all channels, for followShards. */
export const chatTags: readonly string[] = shardTags(shards)
