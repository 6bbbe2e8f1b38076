/** Sessions: opening one, taking it up again after a lost connection, keeping it alive, and who is there. */
import { Appointment } from './appointment.ts'
import { Callback, Offer } from './callback.ts'
import { ChannelSummary, ReadBy } from './chat.ts'
import { event, method } from './define.ts'
import {
  Empty,
  list,
  Offset,
  object,
  oneOf,
  optional,
  PersonId,
  Position,
  RegionId,
  Role,
  type Static,
  Text,
  Timestamp,
} from './schema.ts'
import { Type } from './type.ts'

export const Identity = object({ person: PersonId, role: Role, name: Text(120), region: RegionId })

/** `channel:<jobseeker>` or `person:<id>`. */
export const StreamName = Type.String({
  pattern: '^(channel|person):[A-Za-z0-9][A-Za-z0-9_.-]*$',
  maxLength: 80,
  description: 'a durable stream: channel:<jobseeker>, or person:<id> (the personal feed)',
})

/** Where a client stands in one stream. */
export const StreamPosition = object({ stream: StreamName, position: Position })
export type StreamPosition = Static<typeof StreamPosition>

/** As many streams as one session may take part in; an advisor follows about 100 people. */
export const maxStreams = 1_000

const Snapshot = object({
  /** For a channel: its newest message and counts. Pages of it are read with chat.history. */
  channel: optional(ChannelSummary),
  /** For a personal feed: everything the person sees of the callback queue. */
  callbacks: optional(list(Callback, 500)),
  offers: optional(list(Offer, 50)),
  /** And their appointments, as `appointment.list` tells them. */
  appointments: optional(list(Appointment, 1_000)),
})

export const RecoveredStream = object({
  stream: StreamName,
  /** Where the stream stands; everything up to here is in this answer, everything after it comes as events. */
  position: Position,
  /** True: `events` holds everything missed, in order. False: what is known of the stream is void; see `snapshot`. */
  recovered: Type.Boolean(),
  /** Event frames as they would have come live. */
  events: optional(list(Type.Unsafe<Record<string, unknown>>({ type: 'object' }), 500)),
  snapshot: optional(Snapshot),
  /** How far each member of a channel has read. */
  readBy: optional(list(ReadBy, 64)),
  /** Since when the jobseeker of a channel waits for an answer; absent when they do not. */
  waitingSince: optional(Timestamp),
  /** Messages of a channel before this one are gone: they were kept as long as the region keeps them. */
  retainedFrom: optional(Offset),
  /** What this person has not read of a channel, and from which message on they have marked it as unread: see ChannelSummary. */
  unread: optional(Type.Integer({ minimum: 0 })),
  unreadFrom: optional(Offset),
})
export type RecoveredStream = Static<typeof RecoveredStream>

export const PresenceState = oneOf('online', 'away', 'offline')
export type PresenceState = Static<typeof PresenceState>

export const Presence = object({
  person: PersonId,
  state: PresenceState,
  /** When the last of their devices was last connected; absent while one is, and for who has never been. */
  lastSeenAt: optional(Timestamp),
})
export type Presence = Static<typeof Presence>

const everybody = ['jobseeker', 'advisor', 'supervisor', 'operator'] as const
const Streams = list(StreamPosition, maxStreams)

export const sessionMethods = {
  'session.open': method({
    summary:
      'Authenticates the connection. Must be the first request and must arrive within the time told in the settings; the token travels here and never in a URL. With `resume` the answer tells, for every durable stream of this person, everything missed or a fresh snapshot; it is written before any event. A ticket (see room.join) in place of the token opens a connection for one room: methods of that room only, and no streams. With `only` "check" the session is for check.* alone, without streams and presence; so may a jobseeker open one who has yet to join, or has left.',
    roles: everybody,
    params: object({
      token: Text(8_192),
      /** Protocol versions the client speaks; the server picks the highest it knows. */
      versions: Type.Array(Type.Integer({ minimum: 1, maximum: 1_000 }), { minItems: 1, maxItems: 8 }),
      client: optional(Text(120)),
      /** The session to take up again, and where this client stands in the streams it knows. */
      resume: optional(object({ session: optional(Text(64)), streams: Streams })),
      /** The one thing it is for. */
      only: optional(oneOf('check')),
    }),
    result: object({
      session: Text(64),
      /** Whether `session` is the one that was to be resumed; false when it had ended. */
      resumed: Type.Boolean(),
      version: Type.Integer(),
      identity: Identity,
      /** The server's clock, so that pages can show waits and ages right on a wrong local clock. */
      now: Timestamp,
      expiresAt: Timestamp,
      maxFrameBytes: Type.Integer(),
      /** Interval of session.heartbeat; silent for two of them, either side gives the connection up. */
      heartbeatMs: Type.Integer(),
      /** Every durable stream of this person; empty without `resume`. */
      streams: list(RecoveredStream, maxStreams),
      /** Who of the people this person works with is there: the jobseekers of an advisor, the advisor of a jobseeker. */
      presence: list(Presence, maxStreams),
    }),
    errors: ['UNSUPPORTED', 'CONFLICT', 'TOO_LARGE'],
    cost: 0,
    audit: { record: 'acts' },
  }),
  'session.recover': method({
    summary:
      'Asks again for streams in which the client has found a gap: everything after the positions given, or a snapshot.',
    roles: everybody,
    params: object({ streams: Streams }),
    result: object({ streams: list(RecoveredStream, maxStreams) }),
    cost: 10,
    audit: { record: 'acts' },
  }),
  'session.refresh': method({
    summary:
      'Replaces the token of this session before it expires. It must be of the same person, role and region; the connection goes on.',
    roles: everybody,
    params: object({ token: Text(8_192) }),
    result: object({ expiresAt: Timestamp }),
    cost: 5,
    audit: { record: 'acts', details: ['result.expiresAt'] },
  }),
  'session.heartbeat': method({
    summary: 'The answer to the event of the same name. Any other frame is a sign of life as well.',
    roles: everybody,
    params: Empty,
    result: object({ now: Timestamp }),
  }),
  'session.setPresence': method({
    summary:
      'Whether the person looks at this device. A person is online while any of their devices is, away while all are.',
    roles: everybody,
    params: object({ state: oneOf('online', 'away') }),
    result: Empty,
  }),
}

export const sessionEvents = {
  'session.heartbeat': event({
    summary:
      'A sign of life at the interval told by session.open; the client answers with the method of the same name.',
    data: object({ now: Timestamp }),
    delivery: 'latest',
  }),
  'session.ending': event({
    summary:
      'The node will close this connection with UNAUTHORIZED at `endsAt`, when the token runs out: send session.refresh before.',
    data: object({ reason: oneOf('token-expiry'), endsAt: Timestamp }),
  }),
  'session.accessChanged': event({
    summary:
      'What this session takes part in has changed, as when a cover has begun or ended by the clock. Lists are to be loaded again.',
    data: object({}),
    delivery: 'latest',
  }),
  'presence.changed': event({
    summary:
      'Somebody this person works with came, went away or left; or how somebody is whom they have begun to work with. Only the newest of several may arrive.',
    data: Presence,
    delivery: 'latest',
  }),
}
