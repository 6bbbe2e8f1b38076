/**
 * *Pure.* Somebody's visit to the lobby of a room.
 *
 * | state    | enters                                                      | leaves                                     |
 * |----------|-------------------------------------------------------------|--------------------------------------------|
 * | (none)   | they leave; they are away for so long that it is forgotten  | arrive → waiting                           |
 * | waiting  | arrive                                                      | admit → admitted; leave, forget → (none); remove → removed |
 * | admitted | admit                                                       | leave, forget → (none); remove → removed   |
 * | removed  | remove                                                      | never: the record goes with the invitation |
 *
 * Arriving again changes nothing: whoever was cut off has their place, and whoever was admitted still is. Time alone moves
 * nobody who is there.
 */
import { VisavisError } from '../protocol/index.ts'

export interface Visitor {
  readonly room: string
  readonly person: string
  readonly name: string
  readonly role: 'jobseeker' | 'guest'
  /** For whom they wait: the advisor of the room, '' while there is none. */
  readonly advisor: string
}

export interface Visit extends Visitor {
  readonly state: 'waiting' | 'admitted' | 'removed'
  readonly arrivedAt: number
  readonly changedAt: number
  /** Who admitted or removed them. */
  readonly by?: string
}

export type Act =
  | { readonly type: 'arrive'; readonly visitor: Visitor }
  | { readonly type: 'admit'; readonly by: string }
  | { readonly type: 'remove'; readonly by: string }
  | { readonly type: 'leave' }
  | { readonly type: 'forget' }
  /** The room has another advisor. */
  | { readonly type: 'follow'; readonly advisor: string }

/**
 * @returns the visit as it is then; undefined when there is none any more. The same object when nothing changes.
 * @throws VisavisError FORBIDDEN for somebody removed, GONE when nobody is there to be admitted or removed.
 */
export function after(visit: Visit | undefined, act: Act, now: number): Visit | undefined {
  if (act.type === 'arrive') return arrive(visit, act.visitor, now)
  if (act.type === 'leave' || act.type === 'forget') return visit?.state === 'removed' ? visit : undefined
  if (act.type === 'follow') {
    if (visit === undefined || visit.advisor === act.advisor) return visit
    return { ...visit, advisor: act.advisor, changedAt: now }
  }
  if (visit === undefined) throw new VisavisError('GONE', 'they are not in the lobby any more')
  if (act.type === 'remove') return visit.state === 'removed' ? visit : move(visit, 'removed', act.by, now)
  if (visit.state === 'removed') throw new VisavisError('CONFLICT', 'they were sent out of this room')
  return visit.state === 'admitted' ? visit : move(visit, 'admitted', act.by, now)
}

function arrive(visit: Visit | undefined, visitor: Visitor, now: number): Visit {
  if (visit === undefined) return { ...visitor, state: 'waiting', arrivedAt: now, changedAt: now }
  if (visit.state === 'removed') throw new VisavisError('FORBIDDEN', 'the advisor has sent this person out of the room')
  return visit
}

const move = (visit: Visit, state: Visit['state'], by: string, now: number): Visit => ({
  ...visit,
  state,
  by,
  changedAt: now,
})

/**
 * The place of somebody who waits: 1 is next. Counted among the jobseekers who wait for the same advisor, those included
 * who were cut off; a third person has none, because they wait for a talk and not for their turn.
 */
export function placeOf(visit: Visit, visits: readonly Visit[]): number | undefined {
  if (visit.state !== 'waiting' || visit.role !== 'jobseeker') return undefined
  const before = visits.filter(
    (other) =>
      other.state === 'waiting' &&
      other.role === 'jobseeker' &&
      other.advisor === visit.advisor &&
      isBefore(other, visit),
  )
  return before.length + 1
}

export const inOrder = (visits: readonly Visit[]): Visit[] => visits.toSorted((a, b) => (isBefore(a, b) ? -1 : 1))

const isBefore = (a: Visit, b: Visit): boolean =>
  a.arrivedAt === b.arrivedAt ? a.person < b.person : a.arrivedAt < b.arrivedAt
