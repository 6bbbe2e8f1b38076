/** Keys of one region's people, all with the region as tag. */
import { shardKeys } from '../store/events.ts'
import { key } from '../store/key.ts'

export const regionKeys = (region: string) => ({
  people: key('enrolment', region, 'people'), //         hash  person -> JSON of Person; permanent
  ids: key('enrolment', region, 'ids'), //               zset  person ids in the order of the alphabet, score 0; permanent
  portfolios: key('enrolment', region, 'portfolios'), // zset  <advisor>/<jobseeker>, score 0; permanent
  teams: key('enrolment', region, 'teams'), //           zset  <bytes of the name>:<team>/<advisor who takes part>, score 0; permanent
  supervisors: key('enrolment', region, 'supervisors'), // zset  supervisors who take part, score 0; permanent
  sizes: key('enrolment', region, 'sizes'), //           zset  advisor -> how many they follow, of those who follow anybody; permanent
  awaited: key('enrolment', region, 'awaited'), //       zset  <advisor>/<jobseeker>, score 0: named by who has yet to join; permanent
  acts: key('enrolment', region, 'acts'), //             hash  person -> how many, <person>/<n> -> JSON of the n-th SchemeAct; until they are erased
  former: key('enrolment', region, 'former'), //         zset  <advisor>/<jobseeker>, score 0: has left whom; 90 days after their last act, if others leave the same advisor
  texts: key('enrolment', region, 'texts'), //           hash  digest -> JSON of JoinText, of those that somebody has joined with; permanent
  scheme: key('enrolment', region, 'scheme'), //         string  JSON of what the region has set of SchemeSettings; permanent
  capacity: key('enrolment', region, 'capacity'), //     string  JSON of StoredCapacity; until it is taken back
  covers: key('enrolment', region, 'covers'), //         hash  id -> JSON of Cover; until 30 days after its end, and longer where nothing changes
  coversOf: key('enrolment', region, 'covers-of'), //    zset  <advisor>/<cover id>, score 0; as long as the cover
  coversBy: key('enrolment', region, 'covers-by'), //    zset  <who stands in>/<cover id>, score 0; as long as the cover
  turns: key('enrolment', region, 'turns'), //           zset  cover id -> when it begins or ends next (ms); until its end was told
  processes: key('enrolment', region, 'processes'), //   hash  id -> JSON of Process, until all its steps are confirmed; # -> last fencing token
  due: key('enrolment', region, 'due'), //               zset  process id -> when somebody may take it (ms)
  erasures: key('enrolment', region, 'erasures'), //     hash  id -> JSON of StoredErasure; permanent
  /** Which erasure was begun by this act: a digest of the person and the idempotency key. */
  erasedBy: (act: string) => key('enrolment', region, 'erased-by', act), // string  id of the erasure; 48 h
  /** What the commitment of an erasure is made with, until the receipt is collected. */
  salt: (erasure: string) => key('enrolment', region, 'salt', erasure), // hash  salt, by (key of who has collected it); until 30 days after the erasure, or 48 h after it was collected
  /** That this person has left by this act, so that a repeat changes nothing, even after they have come back. */
  left: (person: string, idempotencyKey: string) => key('enrolment', region, 'left', person, idempotencyKey), // string  leftAt (ms); 48 h
  /** That this person did this to their taking part. */
  acted: (person: string, idempotencyKey: string) => key('enrolment', region, 'acted', person, idempotencyKey), // string  number of the act; 48 h
  /** What a transfer by this person with this key was answered with. */
  transferred: (person: string, idempotencyKey: string) =>
    key('enrolment', region, 'transferred', person, idempotencyKey), // string  JSON of Transferred; 48 h
  ...shardKeys(region), //                               log, nudge and personal feeds of the region
})

/** hash  person -> region, of everybody ever enrolled: channels and feeds are named by the id alone; permanent */
export const everybodyKey = key('enrolment', 'everybody', 'regions')

/** Of an index whose members are `<id>/…`: the range of those of one id. '0' is the character after '/'. */
export const membersOf = (id: string): [from: string, to: string] => [`[${id}/`, `(${id}0`]

/** Their range in `teams`. A name may hold anything, a slash too: its length tells where it ends. */
export const membersOfTeam = (team: string): [from: string, to: string] =>
  membersOf(`${Buffer.byteLength(team)}:${team}`)
