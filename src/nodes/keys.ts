/** Keys of the nodes; and of who holds which room, all of a region's with the region as tag. */
import { shardKeys } from '../store/events.ts'
import { key } from '../store/key.ts'

export const nodesKeys = {
  beats: key('nodes', 'all', 'beats'), //   zset  node -> its last beat (ms, Redis's clock); until it is forgotten (lua/beat.lua)
  told: key('nodes', 'all', 'told'), //     hash  node -> JSON (registry.ts); as long as its beat
  drained: key('nodes', 'all', 'drained'), // set  nodes an operator has asked to take no new rooms; as long as their beats
}

/** string  base64url, what tickets are signed with; permanent */
export const ticketSecretKey = key('nodes', 'all', 'ticket-secret')

export const holdingKeys = (region: string) => ({
  until: key('nodes', region, 'until'), //     zset  room -> when the lease of its holder ends (ms, Redis's clock); until it is swept
  holders: key('nodes', region, 'holders'), // hash  room -> "<node> <url>"; as long as its lease
  active: key('nodes', region, 'active'), //   hash  room -> who was in it first, of rooms that somebody is in; as long as its lease
  ...shardKeys(region), //                     log and nudge of the region
})
