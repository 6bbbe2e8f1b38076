/** Keys of one region's sessions, all with the region as tag; and of the nodes. */
import { shardKeys } from '../store/events.ts'
import { key } from '../store/key.ts'

export const presenceKeys = (region: string) => ({
  sessions: key('presence', region, 'sessions'), // hash  person -> JSON: sessions, what is shown, when last seen; permanent
  due: key('presence', region, 'due'), //           zset  <person>/<session> -> when its grace ends (ms)
  places: key('presence', region, 'places'), //     zset  <node>/<person>/<session>, score 0: connected ones
  ...shardKeys(region), //                          log and nudge of the region
})

/** zset  node -> its last beat (ms, Redis's clock) */
export const beatsKey = key('presence', 'nodes', 'beats')
