/** Keys of one region's alerts, all with the region as tag. */
import { shardKeys } from '../store/events.ts'
import { key } from '../store/key.ts'

export const alertKeys = (region: string) => ({
  alerts: key('answers', region, 'alerts'), // hash  <channel> -> JSON of what people are told, <channel>/mark -> which alert it is, <channel>/told -> who was told, parted by spaces; while the jobseeker waits
  due: key('answers', region, 'due'), //       zset  channel -> when the answer is due (ms); the same ones
  ...shardKeys(region), //                     log, nudge and personal feeds of the region
})
