/** Keys of one region's workshops, all with the region as tag. */

import { shardKeys } from '../store/events.ts'
import { fenceKey } from '../store/fence.ts'
import { key } from '../store/key.ts'
import { taken, type WorkshopRecord } from './workshop.ts'

/*
 * "Kept": as long as the region keeps appointments. The members of `lists` all have score 0 and sort by their text; times in
 * them are ms with 15 digits.
 */
export const workshopKeys = (region: string) => ({
  records: key('workshops', region, 'records'), // hash  id -> JSON (workshop.ts); kept
  floors: key('workshops', region, 'floors'), //   hash  id -> JSON (floor.ts); as long as the record
  lists: key('workshops', region, 'lists'), //     zset  a|advisor|from|id, j|jobseeker|from|id, e|from|id: kept    o|from|id: planned, and open
  due: key('workshops', region, 'due'), //         zset  id -> when it was changed last (ms); until those concerned were written to
  erased: fenceKey(region), //                     zset  of whom nothing is made (store/fence.ts)
  /** That this was done, so that a repeat does nothing more. */
  acted: (person: string, idempotencyKey: string) => key('workshops', region, 'key', person, idempotencyKey), // string  id of the workshop; 48 h
  ...shardKeys(region), //                         feeds, log and nudge of the region
})

/** Where a workshop stands in `lists`. */
export function membersOf(record: WorkshopRecord): string[] {
  const { id, advisor, from, open, state } = record
  const end = `${padded(from)}|${id}`
  const own = taken(record).map(({ person }) => `j|${person}|${end}`)
  return [`a|${advisor}|${end}`, `e|${end}`, ...own, ...(open && state === 'planned' ? [`o|${end}`] : [])]
}

export const padded = (at: number): string => String(Math.max(0, Math.trunc(at))).padStart(15, '0')
