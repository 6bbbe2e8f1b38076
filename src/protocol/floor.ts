/** Who may speak in the room of a workshop: hands, in the order in which they were raised, and the floor its advisor gives. */
import { event, method } from './define.ts'
import { IdempotencyKey, list, object, optional, SeatId, type Static, Text, Timestamp, WorkshopId } from './schema.ts'
import { Type } from './type.ts'
import { mostSeats } from './workshop.ts'

const Hand = object({ seat: SeatId, name: Text(40), at: Timestamp })

/** As whoever is told sees it. */
export const FloorView = object({
  /** Grows with every change. */
  version: Type.Integer({ minimum: 0 }),
  /** How many hands are raised. */
  hands: Type.Integer({ minimum: 0, maximum: mostSeats }),
  /** Whose, the earliest first; told to the host only. */
  order: optional(list(Hand, mostSeats)),
  /** Who has the floor, and since when. */
  speakers: list(Hand, 8),
  /** One's own seat; absent for the host. */
  seat: optional(SeatId),
  /** Whether one’s own hand is raised. */
  raised: Type.Boolean(),
  /** Whether one may send sound and pictures. */
  maySpeak: Type.Boolean(),
  /** How many may have the floor at a time. */
  most: Type.Integer({ minimum: 1, maximum: 8 }),
})
export type FloorView = Static<typeof FloorView>

const of = { room: WorkshopId, key: IdempotencyKey }
const seen = object({ floor: FloorView })
const errors = ['GONE', 'CONFLICT', 'ELSEWHERE'] as const
const audited = { record: 'acts', subject: { kind: 'workshop', path: 'params.room' } } as const

export const floorMethods = {
  'floor.state': method({
    summary:
      'How the floor stands, for a participant of the room: after a join, and after a lost connection. floor.changed tells of changes. All of floor.* is asked of the node that holds the room, as room.* is.',
    roles: ['jobseeker', 'advisor'],
    params: object({ room: WorkshopId }),
    result: seen,
    errors: ['GONE', 'ELSEWHERE'],
  }),
  'floor.raise': method({
    summary: 'Raises one’s hand. A hand that is raised keeps its place; whoever has the floor needs none.',
    roles: ['jobseeker'],
    params: object(of),
    result: seen,
    errors,
  }),
  'floor.lower': method({
    summary: 'Lowers one’s hand; for the host that of a `seat`, or without one all of them. Twice is harmless.',
    roles: ['jobseeker', 'advisor'],
    params: object({ ...of, seat: optional(SeatId) }),
    result: seen,
    errors,
  }),
  'floor.give': method({
    summary:
      'The host gives somebody the floor, whether their hand is raised or not: they may send sound and pictures now. CONFLICT with details.reason "floor-full" when as many have it as may.',
    roles: ['advisor'],
    params: object({ ...of, seat: SeatId }),
    result: seen,
    errors: [...errors, 'NOT_FOUND'],
    audit: { ...audited, details: ['params.seat'] },
  }),
  'floor.take': method({
    summary:
      'The host takes the floor back, or somebody gives back their own: what they send is closed, by the server. Twice is harmless.',
    roles: ['jobseeker', 'advisor'],
    params: object({ ...of, seat: SeatId }),
    result: seen,
    errors,
    audit: { ...audited, details: ['params.seat'] },
  }),
  'floor.mute': method({
    summary:
      'The host pauses the microphone of somebody who has the floor. They may resume it themselves; who is not to speak has the floor taken.',
    roles: ['advisor'],
    params: object({ ...of, seat: SeatId }),
    result: seen,
    errors: [...errors, 'NOT_FOUND'],
    audit: { ...audited, details: ['params.seat'] },
  }),
}

export const floorEvents = {
  'floor.changed': event({
    summary: 'How the floor of a workshop stands now, for the one who is told; at most five times a second.',
    data: object({ room: WorkshopId, floor: FloorView }),
    delivery: 'latest',
  }),
  'floor.muted': event({
    summary: 'The host has muted one’s microphone.',
    data: object({ room: WorkshopId }),
  }),
}
