/** Workshops: one advisor, many jobseekers, in a room where one raises a hand before one speaks (protocol/floor.ts). */
import { event, method } from './define.ts'
import {
  IdempotencyKey,
  list,
  object,
  oneOf,
  optional,
  PersonId,
  SeatId,
  type Static,
  Text,
  Timestamp,
  WorkshopId,
} from './schema.ts'
import { Type } from './type.ts'

/** A worker carries so many, and the answer to `room.join` lists them. */
export const mostSeats = 50

/** Whether a room is a workshop's: no jobseeker has such an id. */
export const isWorkshopRoom = (room: string): boolean => workshopRoom.test(room)
const workshopRoom = /^workshop-[0-9a-f]{32}$/

/** As whoever is told sees it: who else takes part is told to its advisor only. */
export const Workshop = object({
  id: WorkshopId,
  title: Text(120),
  description: optional(Text(1_000)),
  language: Type.String({ pattern: '^[a-z]{2,3}(-[A-Z]{2})?$', description: 'BCP 47, for example fr or br' }),
  advisor: PersonId,
  advisorName: Text(120),
  from: Timestamp,
  until: Timestamp,
  capacity: Type.Integer({ minimum: 1, maximum: mostSeats }),
  /** Places that are taken. */
  taken: Type.Integer({ minimum: 0, maximum: mostSeats }),
  /** Whether jobseekers of the region may sign up themselves. */
  open: Type.Boolean(),
  state: oneOf('planned', 'cancelled', 'ended'),
  /** Grows when it is moved, cancelled or ended. */
  sequence: Type.Integer({ minimum: 0 }),
  changedAt: Timestamp,
  /** What its advisor said when it was moved or cancelled. */
  reason: optional(Text(500)),
  /** How the one who is told came to their place; absent for whoever has none. */
  place: optional(oneOf('invited', 'signedUp')),
  /** What the others call the one who is told. */
  shownAs: optional(Text(40)),
})
export type Workshop = Static<typeof Workshop>

/** As its advisor sees it. */
export const WorkshopPlace = object({
  seat: SeatId,
  person: PersonId,
  name: Text(120),
  shownAs: Text(40),
  by: oneOf('invited', 'signedUp'),
  /** The sequence of the workshop when they got it. */
  since: Type.Integer({ minimum: 0 }),
  /** Sent out for good. */
  removed: Type.Boolean(),
})
export type WorkshopPlace = Static<typeof WorkshopPlace>

const Length = Type.Integer({ minimum: 600_000, maximum: 14_400_000, description: 'ms: ten minutes to four hours' })
const changed = object({ workshop: Workshop })
const of = { workshop: WorkshopId, key: IdempotencyKey }
const audited = { record: 'acts', subject: { kind: 'workshop', path: 'params.workshop' } } as const
const errors = ['NOT_FOUND', 'CONFLICT'] as const

export const workshopMethods = {
  'workshop.list': method({
    summary:
      'A jobseeker’s workshops, and those of the region for which they may sign up; an advisor’s own, and those of whom they stand in for. None that were over yesterday. From then on workshop.changed tells of changes of those one takes part in.',
    roles: ['jobseeker', 'advisor'],
    params: object({}),
    result: object({
      workshops: list(Workshop, 500),
      /** How long before it begins one may enter. */
      leadMs: Type.Integer({ minimum: 0 }),
      /** The most places one can have. */
      mostSeats: Type.Integer({ minimum: 1, maximum: mostSeats }),
    }),
    cost: 5,
  }),
  'workshop.create': method({
    summary: 'Plans a workshop. Its id is that of its room as well.',
    roles: ['advisor'],
    params: object({
      key: IdempotencyKey,
      title: Workshop.properties.title,
      description: Workshop.properties.description,
      language: Workshop.properties.language,
      from: Timestamp,
      lengthMs: Length,
      capacity: Workshop.properties.capacity,
      open: Type.Boolean(),
    }),
    result: object({ workshop: Workshop, /** False when it is a repeat. */ created: Type.Boolean() }),
    errors: ['CONFLICT'],
    cost: 5,
    audit: {
      record: 'acts',
      subject: { kind: 'workshop', path: 'result.workshop.id' },
      details: ['params.capacity', 'params.open', 'result.created'],
    },
  }),
  'workshop.invite': method({
    summary:
      'Gives places to jobseekers one follows or stands in for; all of them, or CONFLICT with details.reason "full". Whoever has a place keeps it; whoever was sent out may come again.',
    roles: ['advisor'],
    params: object({
      ...of,
      jobseekers: Type.Array(PersonId, { minItems: 1, maxItems: mostSeats }),
    }),
    result: changed,
    errors: [...errors, 'GONE'],
    cost: 5,
    audit: { ...audited, details: ['result.workshop.taken'] },
  }),
  'workshop.signUp': method({
    summary:
      'A jobseeker takes a place in an open workshop of their region. CONFLICT with details.reason "full" or "closed". Whoever has a place keeps it.',
    roles: ['jobseeker'],
    params: object(of),
    result: changed,
    errors: [...errors, 'GONE'],
    cost: 3,
    audit: audited,
  }),
  'workshop.decline': method({
    summary: 'A jobseeker gives their place up, at any time and without a reason: it never counts against anybody.',
    roles: ['jobseeker'],
    params: object(of),
    result: changed,
    errors,
    audit: audited,
  }),
  'workshop.present': method({
    summary:
      'What the other jobseekers call this one, from their next entry on: by default the first word of their name; any other name will do.',
    roles: ['jobseeker'],
    params: object({ ...of, shownAs: Text(40) }),
    result: changed,
    errors,
    audit: audited,
  }),
  'workshop.places': method({
    summary: 'Who has a place, for its advisor.',
    roles: ['advisor'],
    params: object({ workshop: WorkshopId }),
    result: object({ places: list(WorkshopPlace, 500) }),
    errors: ['NOT_FOUND'],
    cost: 3,
    audit: audited,
  }),
  'workshop.remove': method({
    summary: 'Takes a place away: whoever has it is out of the room at once, and does not come in again.',
    roles: ['advisor'],
    params: object({ ...of, seat: SeatId }),
    result: changed,
    errors,
    audit: { ...audited, details: ['params.seat'] },
  }),
  'workshop.move': method({
    summary:
      'Another time or length for a workshop that has not begun, with the reason. Everybody with a place is told.',
    roles: ['advisor'],
    params: object({ ...of, from: Timestamp, lengthMs: optional(Length), reason: Text(500) }),
    result: changed,
    errors,
    cost: 5,
    audit: { ...audited, details: ['result.workshop.sequence'] },
  }),
  'workshop.cancel': method({
    summary: 'Calls a workshop off, with the reason. Everybody with a place is told; whoever is in its room is out.',
    roles: ['advisor'],
    params: object({ ...of, reason: Text(500) }),
    result: changed,
    errors,
    cost: 5,
    audit: audited,
  }),
  'workshop.end': method({
    summary: 'The workshop is over: everybody is out of its room (room.closed, "ended"). Ending it twice is harmless.',
    roles: ['advisor'],
    params: object(of),
    result: changed,
    errors,
    cost: 5,
    audit: audited,
  }),
}

export const workshopEvents = {
  'workshop.changed': event({
    summary:
      'A workshop of this advisor, or one in which this jobseeker has or had a place, was made or has changed. Without `place` they have none any more.',
    delivery: 'durable',
    data: object({ workshop: Workshop }),
  }),
}
