/** Keys of one region's notices, all with the region as tag; and of the secret that all regions share. */
import { key } from '../store/key.ts'

/*
 * "Kept": until its retention after the last change is over. A `last` notice goes as soon as it has ended.
 */
export const noticeKeys = (region: string) => ({
  contacts: key('notices', region, 'contacts'), // hash  person -> JSON of StoredContact; until they are forgotten
  notices: key('notices', region, 'notices'), //   hash  key -> JSON of Notice, kept; # -> last fencing token
  own: key('notices', region, 'own'), //           zset  <person>/<key>, score 0; kept
  open: key('notices', region, 'open'), //         zset  <person>/<key>, score 0: those that have not ended
  due: key('notices', region, 'due'), //           zset  key -> when somebody may take it (ms): those that have not ended
  expiring: key('notices', region, 'expiring'), // zset  key -> when it goes (ms); kept
})

/** string  what the links in mails are signed with, the same on all nodes; permanent */
export const secretKey = key('notices', 'unsubscribe', 'secret')

/** Of an index whose members are `<id>/…`: the range of those of one id. '0' is the character after '/'. */
export const membersOf = (id: string): [from: string, to: string] => [`[${id}/`, `(${id}0`]
