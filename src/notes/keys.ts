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
    numbers: of('numbers'), //   hash  id -> 1, 2, 3 … as they were made, of removed notes too, so that a late repeat does not make one again; until `forget`
    changes: of('changes'), //   zset  id -> number of its newest change, its removal too; until `forget`
    stand: of('stand'), //       hash  epoch, changes (how many there were); until `forget`
    noted: notedKey(tag),
    ...shardKeys(tag), //        log and nudge of the shard
  }
}

/** zset  every jobseeker of the shard about whom a note was made, score 0; until `forget` */
const notedKey = (tag: string): string => key('notes', tag, 'noted')

/** The shards of all notes, for followShards. */
export const noteTags: readonly string[] = shardTags(shards)

/** The lists of all about whom there are notes. */
export const notedKeys: readonly string[] = noteTags.map(notedKey)
