/** Keys of one owner's canned replies, with the region as tag; and who is told of their changes. */
import { shardKeys, teamTopic } from '../store/events.ts'
import { key } from '../store/key.ts'
import type { Owner } from './reply.ts'

/** The name of a team is free text, so it comes last. */
const name = (owner: Owner): string => (owner.scope === 'own' ? owner.person : owner.team)

export const replyKeys = (owner: Owner) => ({
  replies: key('replies', owner.region, owner.scope, name(owner)), // hash  id -> JSON of Reply; permanent
  ...shardKeys(owner.region), //                                       log and nudge of the region
})

export const topicOf = (owner: Owner): string =>
  owner.scope === 'own' ? `person:${owner.person}` : teamTopic(owner.region, owner.team)
