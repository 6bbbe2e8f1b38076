/** The persistent channel between a jobseeker and their advisor. */
import { Type } from 'typebox'
import { event, method } from './define.ts'
import {
  ChannelId,
  IdempotencyKey,
  list,
  Offset,
  object,
  optional,
  PersonId,
  Position,
  type Static,
  Text,
  Timestamp,
} from './schema.ts'

export const maxMessageLength = 4_000

export const Message = object({
  /** Place in the channel: 1, 2, 3 … without gaps. */
  offset: Offset,
  /** The key the sender made, so that a page recognises its own message. */
  key: IdempotencyKey,
  from: PersonId,
  text: Text(maxMessageLength),
  at: Timestamp,
})
export type Message = Static<typeof Message>

export const ChannelSummary = object({
  channel: ChannelId,
  jobseeker: object({ id: PersonId, name: Text(120) }),
  advisor: object({ id: PersonId, name: Text(120) }),
  position: Position,
  /** The newest message, absent in an empty channel. */
  last: optional(Message),
  /** How far this person has read, and how many messages of others lie beyond. */
  readOffset: Offset,
  unread: Type.Integer({ minimum: 0 }),
  /** How far each member has read. */
  readBy: list(object({ person: PersonId, readOffset: Offset }), 64),
})
export type ChannelSummary = Static<typeof ChannelSummary>

export const chatMethods = {
  'chat.channels': method({
    summary:
      'The channels of this person with position, newest message and unread count: one for a jobseeker, one per jobseeker of the portfolio for an advisor.',
    roles: ['jobseeker', 'advisor'],
    params: object({}),
    result: object({ channels: list(ChannelSummary, 1_000) }),
    cost: 10,
    audit: { record: 'acts' },
  }),
  'chat.publish': method({
    summary:
      'Adds a message to a channel. Answered only when it is durable; a repeat with the same key returns the first position.',
    roles: ['jobseeker', 'advisor'],
    params: object({ channel: ChannelId, key: IdempotencyKey, text: Text(maxMessageLength) }),
    result: object({ position: Position, at: Timestamp }),
    errors: ['NOT_FOUND'],
    audit: { record: 'refusals', subject: { kind: 'channel', path: 'params.channel' } },
  }),
  'chat.history': method({
    summary:
      'Messages in ascending order: the newest `limit`, or those before or after an offset. Both cursors together are refused.',
    roles: ['jobseeker', 'advisor'],
    params: object({
      channel: ChannelId,
      before: optional(Offset),
      after: optional(Offset),
      limit: optional(Type.Integer({ minimum: 1, maximum: 200 })),
    }),
    result: object({
      messages: list(Message, 200),
      position: Position,
      /** Whether more lie in the direction read. */ more: Type.Boolean(),
    }),
    cost: 2,
    errors: ['NOT_FOUND'],
    audit: {
      record: 'acts',
      subject: { kind: 'channel', path: 'params.channel' },
      details: ['params.before', 'params.after', 'params.limit'],
    },
  }),
  'chat.read': method({
    summary: 'Moves this person’s read marker forward to an offset. It never moves back, so repeating is harmless.',
    roles: ['jobseeker', 'advisor'],
    params: object({ channel: ChannelId, offset: Offset }),
    result: object({ readOffset: Offset }),
    errors: ['NOT_FOUND'],
    audit: { record: 'refusals', subject: { kind: 'channel', path: 'params.channel' } },
  }),
}

export const chatEvents = {
  'chat.messagePublished': event({
    summary: 'A message was added to a channel. Offsets have no gaps: a missing one is asked for with chat.history.',
    delivery: 'durable',
    data: object({ channel: ChannelId, message: Message }),
  }),
  'chat.readMoved': event({
    summary: 'A member has read up to an offset.',
    data: object({ channel: ChannelId, person: PersonId, readOffset: Offset }),
  }),
}
