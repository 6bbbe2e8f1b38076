/** Keys of the files of one channel, all in the shard of the channel, so that one script may touch them all. */
import { key, shardTag, shardTags } from '../store/key.ts'

/** As many as channels have (chat): what is of one channel lies in one slot. */
const shards = 16

export const tagOf = (channel: string): string => shardTag(channel, shards)

export const channelKeys = (channel: string) => {
  const tag = tagOf(channel)
  const of = (what: string) => key('attachments', tag, 'channel', channel, what)
  return {
    records: of('records'), // hash  id -> JSON of a record (record.ts); until the file is removed
    byKey: of('by-key'), //    hash  <person>/<idempotency key> -> id of what it was answered with; as long as its record
    ...shardKeys(tag),
  }
}

/** Of one shard: `<channel>/<id>` each, so that a sweep needs to know no channel. */
export const shardKeys = (tag: string) => ({
  pending: key('attachments', tag, 'pending'), // zset  <channel>/<id> -> since when it belongs to no message (ms)
  doomed: key('attachments', tag, 'doomed'), //   set   <channel>/<id> whose record is gone and whose file is to follow
})

/** When a person began to send files: at most an hour is kept. */
export const uploadsKey = (person: string): string => key('attachments', shardTag(person, shards), 'uploads', person) // zset  id -> at (ms)

/** What links are signed with, on all nodes; permanent. */
export const linkSecretKey: string = key('attachments', 'links', 'secret') // string

export const attachmentTags: readonly string[] = shardTags(shards)

export const memberOf = (channel: string, id: string): string => `${channel}/${id}`

/** Neither has a slash. */
export function partsOf(member: string): { channel: string; id: string } {
  const slash = member.indexOf('/')
  return { channel: member.slice(0, slash), id: member.slice(slash + 1) }
}
