/**
 * *Pure.* A workshop and its places.
 *
 * ```
 *             ┌─ invite, signUp, decline, present, remove, move ─┐
 *             ▼                                                  │
 *  create ▶ planned ─────────────────────────────────────────────┘
 *             │ └─ cancel ▶ cancelled
 *             └─ end ▶ ended      (or its time is over, and nothing but decline and end changes it any more)
 * ```
 *
 * A place has a seat of its own, never given twice: it is all that the others know of whoever has it, besides a name of
 * their choice. Who came is not kept: no absence can be counted from it (docs/decisions/0019).
 */
import { VisavisError, type Workshop, type WorkshopPlace } from '../protocol/index.ts'

export type Place = WorkshopPlace

export interface WorkshopRecord extends Omit<Workshop, 'taken' | 'place' | 'shownAs'> {
  /** The number of the newest seat. */
  readonly seats: number
  readonly places: readonly Place[]
}

export interface Person {
  readonly person: string
  readonly name: string
}

export type Act =
  | { readonly type: 'invite'; readonly people: readonly Person[] }
  | { readonly type: 'signUp'; readonly who: Person }
  | { readonly type: 'decline'; readonly person: string }
  | { readonly type: 'present'; readonly person: string; readonly shownAs: string }
  | { readonly type: 'remove'; readonly seat: string }
  | { readonly type: 'move'; readonly from: number; readonly lengthMs?: number | undefined; readonly reason: string }
  | { readonly type: 'cancel'; readonly reason: string }
  | { readonly type: 'end' }
  /** Nothing of somebody stays in it. */
  | { readonly type: 'forget'; readonly person: string }

/** So long after its time a workshop that goes on is let go on, and entered. */
export const graceMs = 7_200_000
const longestName = 40

export const isOver = ({ state, until }: WorkshopRecord, now: number): boolean =>
  state !== 'planned' || until + graceMs <= now

/** Those that count: nobody who was sent out. */
export const taken = ({ places }: WorkshopRecord): Place[] => places.filter(({ removed }) => !removed)

export const placeOf = ({ places }: WorkshopRecord, person: string): Place | undefined =>
  places.find((place) => place.person === person)

/**
 * @returns the workshop as it is then; the same object when nothing changes.
 * @throws VisavisError CONFLICT (over, full, not open, has begun), NOT_FOUND for a seat that nobody has, FORBIDDEN for
 * somebody who was sent out, BAD_REQUEST for a time that is past.
 */
export function after(record: WorkshopRecord, act: Act, now: number): WorkshopRecord {
  if (act.type === 'decline' || act.type === 'forget') return without(record, act, now)
  if (act.type === 'end' && record.state === 'ended') return record
  if (record.state !== 'planned' || (isOver(record, now) && act.type !== 'end'))
    throw conflict(`the workshop ${record.state === 'planned' ? 'is over' : `was ${record.state}`}`, 'over')
  switch (act.type) {
    case 'invite':
      return seated(record, act.people, 'invited', now)
    case 'signUp': {
      const known = placeOf(record, act.who.person)
      if (known?.removed === true) throw new VisavisError('FORBIDDEN', 'the advisor has taken this place away')
      if (known !== undefined) return record
      if (!record.open) throw conflict('one comes to this workshop by an invitation', 'closed')
      return seated(record, [act.who], 'signedUp', now)
    }
    case 'present':
      return named(record, act, now)
    case 'remove':
      return removed(record, act.seat, now)
    case 'move':
      return moved(record, act, now)
    case 'cancel':
      return ended(record, { state: 'cancelled', reason: act.reason }, now)
    case 'end':
      return ended(record, { state: 'ended' }, now)
  }
}

/** As somebody is told of it. */
export function shownTo(record: WorkshopRecord, person: string): Workshop {
  const { seats: _, places: __, ...told } = record
  const place = placeOf(record, person)
  const own = place === undefined || place.removed ? {} : { place: place.by, shownAs: place.shownAs }
  return { ...told, taken: taken(record).length, ...own }
}

/** Names come in any order of parts; whoever minds this one takes another. */
export const firstWord = (name: string): string => (name.trim().split(/\s+/)[0] ?? name).slice(0, longestName)

/**
 * Whether somebody with a place may come in now.
 * @throws VisavisError CONFLICT with `reason` "early" or "over" in its details.
 */
export function requireDoorsOpen(record: WorkshopRecord, leadMs: number, now: number): void {
  if (isOver(record, now))
    throw conflict(`the workshop ${record.state === 'cancelled' ? 'was cancelled' : 'is over'}`, 'over')
  if (now >= record.from - leadMs) return
  throw new VisavisError('CONFLICT', 'the workshop has not begun', {
    details: { reason: 'early', opensAt: record.from - leadMs },
  })
}

function seated(record: WorkshopRecord, people: readonly Person[], by: Place['by'], now: number): WorkshopRecord {
  const places = [...record.places]
  let { seats } = record
  for (const { person, name } of people) {
    const at = places.findIndex((place) => place.person === person)
    const known = places[at]
    if (known?.removed === false) continue
    if (known !== undefined) places[at] = { ...known, since: record.sequence, removed: false }
    else {
      seats += 1
      places.push({
        seat: `seat-${seats}`,
        person,
        name,
        shownAs: firstWord(name),
        by,
        since: record.sequence,
        removed: false,
      })
    }
  }
  const next = { ...record, seats, places, changedAt: later(record, now) }
  if (taken(next).length === taken(record).length) return record
  if (taken(next).length > record.capacity)
    throw new VisavisError('CONFLICT', `the workshop has ${record.capacity} places`, {
      details: { reason: 'full', free: record.capacity - taken(record).length },
    })
  return next
}

function named(record: WorkshopRecord, act: Extract<Act, { type: 'present' }>, now: number): WorkshopRecord {
  const known = placeOf(record, act.person)
  if (known === undefined || known.removed) throw new VisavisError('NOT_FOUND', 'they have no place in this workshop')
  if (known.shownAs === act.shownAs) return record
  return changed(record, known.seat, { shownAs: act.shownAs }, now)
}

function removed(record: WorkshopRecord, seat: string, now: number): WorkshopRecord {
  const known = record.places.find((place) => place.seat === seat)
  if (known === undefined) throw new VisavisError('NOT_FOUND', `nobody has ${seat}`)
  return known.removed ? record : changed(record, seat, { removed: true }, now)
}

function moved(record: WorkshopRecord, act: Extract<Act, { type: 'move' }>, now: number): WorkshopRecord {
  if (record.from <= now) throw conflict('the workshop has begun', 'begun')
  if (act.from <= now) throw new VisavisError('BAD_REQUEST', 'that time is past', { details: { path: '/from' } })
  const until = act.from + (act.lengthMs ?? record.until - record.from)
  return { ...changedNow(record, now), from: act.from, until, reason: act.reason }
}

const ended = (record: WorkshopRecord, change: Partial<WorkshopRecord>, now: number): WorkshopRecord => ({
  ...changedNow(record, now),
  ...change,
})

/** A place that was given up is gone; one that was taken away stays, so that it is not taken again. */
function without(record: WorkshopRecord, { type, person }: { type: string; person: string }, now: number) {
  const known = placeOf(record, person)
  if (known === undefined || (known.removed && type === 'decline')) return record
  const places = record.places.filter((place) => place !== known)
  return { ...record, places, changedAt: later(record, now) }
}

const changed = (record: WorkshopRecord, seat: string, change: Partial<Place>, now: number): WorkshopRecord => ({
  ...record,
  changedAt: later(record, now),
  places: record.places.map((place) => (place.seat === seat ? { ...place, ...change } : place)),
})

const changedNow = (record: WorkshopRecord, now: number): WorkshopRecord => ({
  ...record,
  sequence: record.sequence + 1,
  changedAt: later(record, now),
})

/** So that readers can tell the newer of two states. */
const later = ({ changedAt }: WorkshopRecord, now: number): number => Math.max(now, changedAt + 1)

const conflict = (message: string, reason: string) => new VisavisError('CONFLICT', message, { details: { reason } })
