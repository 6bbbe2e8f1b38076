/** The few schema shapes every message is made of: closed objects, bounded strings and arrays. */
import type { Static, TArray, TObject, TPartial, TProperties, TSchema } from 'typebox'
import { Type } from './type.ts'

export type { Static }

/** A closed object: an unknown property is an error, so that a typing mistake is never silently ignored. */
export const object = <P extends TProperties>(properties: P): TObject<P> =>
  Type.Object(properties, { additionalProperties: false })

export const optional = Type.Optional

/** The same object with nothing required, and as closed. */
export const partial = <P extends TProperties>({ properties }: TObject<P>): TPartial<TObject<P>> =>
  object(
    Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, optional(property)])),
  ) as unknown as TPartial<TObject<P>>

/** Text of at most `maxLength` UTF-16 code units. */
export const Text = (maxLength: number, minLength = 1) => Type.String({ minLength, maxLength })

export const list = <T extends TSchema>(items: T, maxItems: number): TArray<T> => Type.Array(items, { maxItems })

/** A plain string choice. `anyOf` of literals would make ajv's message useless; `enum` names the allowed values. */
export const oneOf = <const V extends readonly string[]>(...values: V) =>
  Type.Unsafe<V[number]>({ type: 'string', enum: [...values] })

/** An identifier: it may become part of a Redis key or a URL, so no braces, slashes or colons. */
const id = (description: string) =>
  Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$', minLength: 1, maxLength: 64, description })

export const PersonId = id('a jobseeker, advisor, supervisor or operator')
export const RegionId = id('a region of config/regions.json')
/** A channel belongs to one jobseeker and keeps their id when the advisor changes. */
export const ChannelId = id('the id of the jobseeker the channel belongs to')
export const CallbackId = id('a callback request')
export const AppointmentId = id('an appointment')
export const ReplyId = id('a canned reply; made by the client')
export const RoomId = id('the id of the jobseeker the room belongs to, or of the workshop')
export const WorkshopId = Type.String({ pattern: '^workshop-[0-9a-f]{32}$', description: 'a workshop, and its room' })
export const SeatId = id('a place in one workshop: what the others know of whoever has it')
export const ParticipantId = id('one session in one room')
export const AttachmentId = id('a file of a channel')
export const InvitationId = id('an invitation of a third person into a room')
export const MediaId = id('a mediasoup transport, producer or consumer')
/** Made by the client, unique per note: it is the idempotency key of its making as well. */
export const NoteId = Type.String({
  ...id('made by the client, one per note; a repeat makes no second one'),
  minLength: 8,
})

/** Made by the client, unique per act. Repeating a request with the same key returns the first result. */
export const IdempotencyKey = Type.String({
  pattern: '^[A-Za-z0-9_-]+$',
  minLength: 8,
  maxLength: 64,
  description: 'made by the client, one per act; a repeat returns the first result',
})

/** Milliseconds since the Unix epoch. */
export const Timestamp = Type.Integer({ minimum: 0, description: 'ms since the Unix epoch' })

export const Offset = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: '1 is the first entry',
})

/** A place in a durable stream. A different epoch means the stream was lost and made anew: offsets do not compare. Epoch '' with offset 0: empty so far. */
export const Position = object({ epoch: Text(32, 0), offset: Offset })
export type Position = Static<typeof Position>

/** A guest is a third person who came by an invitation: no identity provider knows them. */
export const Role = oneOf('jobseeker', 'advisor', 'supervisor', 'operator', 'guest')
export type Role = Static<typeof Role>

/** Opaque to Visavis: mediasoup's own JSON (RTP capabilities, parameters), which mediasoup itself checks. */
export const Opaque = <T>(description: string) => Type.Unsafe<T>({ type: 'object', description })

export const Empty = object({})
