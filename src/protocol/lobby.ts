/** The lobby before a room: arriving, the place in it, being admitted, and third persons who come by an invitation. */
import { event, method } from './define.ts'
import {
  IdempotencyKey,
  InvitationId,
  list,
  object,
  oneOf,
  optional,
  ParticipantId,
  PersonId,
  RoomId,
  type Static,
  Text,
  Timestamp,
} from './schema.ts'
import { Type } from './type.ts'

export const AdvisorState = oneOf('absent', 'here', 'in-talk')
export type AdvisorState = Static<typeof AdvisorState>

/** Of an invitation: how long it may be, so that no link is forgotten that still works. */
export const longestInvitationMs = 7 * 24 * 60 * 60 * 1_000

const inRoom = { room: RoomId }

/** As the one who waits sees it. */
export const OwnVisit = object({
  ...inRoom,
  state: oneOf('waiting', 'admitted', 'removed'),
  arrivedAt: Timestamp,
  /** 1 is next. Of a jobseeker who waits: among all who wait for the same advisor. */
  place: optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  /** Of the advisor of the room or whoever stands in for them: the one who could admit soonest. */
  advisor: AdvisorState,
})
export type OwnVisit = Static<typeof OwnVisit>

/** As the advisor sees it. */
export const Visit = object({
  ...inRoom,
  person: PersonId,
  name: Text(120),
  role: oneOf('jobseeker', 'guest'),
  state: oneOf('waiting', 'admitted'),
  arrivedAt: Timestamp,
  /** False: their connection is lost at the moment; they keep their place. */
  here: Type.Boolean(),
})
export type Visit = Static<typeof Visit>

const Visits = list(Visit, 1_000)
const visitors = ['jobseeker', 'guest'] as const

export const lobbyMethods = {
  'lobby.enter': method({
    summary:
      'Arrives in the lobby of a room, or comes back to the same place after a lost connection. From then on lobby.visitChanged tells of changes. Nobody is sent away for waiting long.',
    roles: visitors,
    params: object(inRoom),
    result: object({ visit: OwnVisit }),
    errors: ['GONE'],
    audit: { record: 'acts', subject: { kind: 'room', path: 'params.room' }, details: ['result.visit.state'] },
  }),
  'lobby.leave': method({
    summary: 'Does not wait any more. Leaving twice is harmless.',
    roles: visitors,
    params: object(inRoom),
    result: object({}),
    audit: { record: 'acts', subject: { kind: 'room', path: 'params.room' } },
  }),
  'lobby.waiting': method({
    summary:
      'Who is in the lobbies of the rooms this advisor may enter, in the order of arrival. From then on lobby.waitingChanged tells of changes.',
    roles: ['advisor'],
    params: object({}),
    result: object({ visits: Visits }),
  }),
  'lobby.admit': method({
    summary: 'Lets somebody who waits into the room. Admitting twice is harmless.',
    roles: ['advisor'],
    params: object({ ...inRoom, person: PersonId }),
    result: object({}),
    errors: ['GONE', 'CONFLICT'],
    audit: { record: 'acts', subject: { kind: 'room', path: 'params.room' }, details: ['params.person'] },
  }),
  'lobby.invite': method({
    summary:
      'A link for a third person, for example an interpreter: its token opens a session that may wait for and enter this one room, until it expires or is withdrawn.',
    roles: ['advisor'],
    params: object({
      ...inRoom,
      key: IdempotencyKey,
      name: Text(120),
      expiresAt: Timestamp,
    }),
    result: object({ invitation: InvitationId, token: Text(1_000), expiresAt: Timestamp }),
    audit: { record: 'acts', subject: { kind: 'room', path: 'params.room' }, details: ['result.invitation'] },
  }),
  'lobby.withdraw': method({
    summary: 'Takes an invitation back: whoever came by it is out at once. Withdrawing twice is harmless.',
    roles: ['advisor'],
    params: object({ ...inRoom, invitation: InvitationId }),
    result: object({}),
    errors: ['NOT_FOUND'],
    audit: { record: 'acts', subject: { kind: 'room', path: 'params.room' }, details: ['params.invitation'] },
  }),
  'lobby.remove': method({
    summary: 'Sends a third person out of the room, and takes their invitation back.',
    roles: ['advisor'],
    params: object({ ...inRoom, participant: ParticipantId }),
    result: object({}),
    errors: ['GONE'],
    audit: { record: 'acts', subject: { kind: 'room', path: 'params.room' }, details: ['params.participant'] },
  }),
}

export const lobbyEvents = {
  'lobby.visitChanged': event({
    summary: 'Told to who waits: the place, the state of the advisor, or that they are admitted.',
    data: object({ visit: OwnVisit }),
    delivery: 'latest',
  }),
  'lobby.waitingChanged': event({
    summary: 'Told to an advisor who has asked with lobby.waiting: everybody who is in a lobby, as it is now.',
    data: object({ visits: Visits }),
    delivery: 'latest',
  }),
}
