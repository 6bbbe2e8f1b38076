/** Keys of the attendance records of one region, all with the region as tag: a head and its telling are one transition. */
import { shardKeys } from '../store/events.ts'
import { key } from '../store/key.ts'

/** Those of a record are kept until the window is over for so long as the settings say. */
export const attendanceKeys = (region: string) => ({
  record: (appointment: string) => key('attendance', region, 'record', appointment), //     hash  see below
  entries: (appointment: string) => key('attendance', region, 'entries', appointment), //   list  the n-th entry at n - 1, canonical JSON; only added to
  contents: (appointment: string) => key('attendance', region, 'contents', appointment), // hash  <n>/<name> -> JSON of StoredContent; what an erasure removes
  seals: (appointment: string) => key('attendance', region, 'seals', appointment), //       list  JSON of Seal; only added to
  of: (person: string) => key('attendance', region, 'of', person), //                       zset  appointment -> begin of its window (ms); while there is a record
  toConfirm: (advisor: string) => key('attendance', region, 'to-confirm', advisor), //      zset  appointment -> begin of its window (ms); proposed or contested
  due: key('attendance', region, 'due'), //                                                zset  seal/<appointment>, verdict/<appointment> -> when (ms)
  ...shardKeys(region), //                                                                 log, nudge and personal feeds of the region
})
/*
 * Of a record: jobseeker, advisor (until erased), from, until (of the window, ms), n, hash (of the head), evidence (n of the newest
 * entry that is no verdict), act/<key> -> n of the entry that this act made, last/<type> -> the newest entry of some types.
 */

/** hash  kid -> JSON of PublicKey, of all nodes; permanent */
export const publicKeysKey = key('attendance', 'keys', 'public')
