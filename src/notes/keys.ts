/** Keys of the notes about one jobseeker, all in the shard of their channel, so that one script may touch them all. */
import { shardKeys } from '../store/events.ts'
import { key, shardTag, shardTags } from '../store/key.ts'

/** As many as channels have, so that a node follows no logs more (a test compares them). */
const shards = 16

export const tagOf = (jobseeker: string): string => shardTag(jobseeker, shards)

export const noteKeys = (jobseeker: string) => {
  const tag = tagOf(jobseeker)
  const of = (what: string) => key('notes', tag, jobseeker, what)
  return {
    notes: of('notes'), //       hash  id -> JSON of Note; until it is removed
    order: of('order'), //       zset  id -> at (ms), all different; until it is removed
    versions: of('versions'), // hash  id -> how many, <id>/<n> -> JSON of the n-th earlier text; until the note is removed
    removed: of('removed'), //   set   ids of removed notes, so that a late repeat does not make one again; until `forget`
    ...shardKeys(tag), //        log and nudge of the shard
  }
}

/** The shards of all notes, for followShards. */
export const noteTags: readonly string[] = shardTags(shards)
