/** Keys of one region's lobbies, all with the region as tag; and of what invitations are signed with. */
import { shardKeys } from '../store/events.ts'
import { key } from '../store/key.ts'

export const lobbyKeys = (region: string) => ({
  visits: key('lobby', region, 'visits'), //           hash  <room>/<person> -> JSON (visit.ts); until they leave, are long away, or the invitation is over
  talks: key('lobby', region, 'talks'), //             zset  <advisor>/<room>/<session> -> until when it counts without a further word of its node (ms)
  invitations: key('lobby', region, 'invitations'), // hash  id -> JSON (invitations.ts); until it is over
  ...shardKeys(region), //                             log and nudge of the region
})

/** string  base64url; permanent */
export const invitationSecretKey = key('lobby', 'all', 'invitation-secret')
