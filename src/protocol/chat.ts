/** The persistent channel between a jobseeker and their advisor. */
import { Attachment, AttachmentId } from './attachment.ts'
import { event, method } from './define.ts'
import {
  ChannelId,
  Empty,
  IdempotencyKey,
  list,
  Offset,
  object,
  oneOf,
  optional,
  PersonId,
  Position,
  type Static,
  Text,
  Timestamp,
} from './schema.ts'
import { Type } from './type.ts'

export const maxMessageLength = 4_000
export const maxAttachments = 10
export const maxDue = 500

/** What the service itself says in a channel; pages put it into words. Such a message has no text. */
const System = object({
  code: oneOf(
    ...(['advisorChanged', 'coverStarted', 'coverEnded', 'callbackDone'] as const),
    ...(['appointmentMade', 'appointmentChanged', 'appointmentCancelled'] as const),
    ...(['left', 'cameBack', 'agencyAsked'] as const),
  ),
  /** Whom it is about: the new advisor, who stands in or no longer does, who has called back, whose appointment it is. */
  person: optional(object({ id: PersonId, name: Text(120) })),
  /** Until when a cover lasts. */
  until: optional(Timestamp),
  /** When the appointment is, or was to be. */
  from: optional(Timestamp),
})

export const Message = object({
  /** Place in the channel: 1, 2, 3 … without gaps. */
  offset: Offset,
  /** The key the sender made, so that a page recognises its own message. */
  key: IdempotencyKey,
  from: PersonId,
  /** Empty for a deleted one, one of the service, and one of attachments alone. */
  text: Text(maxMessageLength, 0),
  at: Timestamp,
  /** The earlier message that this one answers. */
  replyTo: optional(Offset),
  attachments: optional(list(Attachment, maxAttachments)),
  /** When it got the text that it has now. */
  editedAt: optional(Timestamp),
  /** Its place is all that is left of it. */
  deletedAt: optional(Timestamp),
  pinned: optional(Type.Boolean()),
  system: optional(System),
})
export type Message = Static<typeof Message>

/** How far a member has come: what they have read they have received. */
export const ReadBy = object({ person: PersonId, readOffset: Offset, receivedOffset: optional(Offset) })

export const ChannelSummary = object({
  channel: ChannelId,
  jobseeker: object({ id: PersonId, name: Text(120) }),
  /** Absent while nobody follows the jobseeker: their channel is theirs all the same. */
  advisor: optional(object({ id: PersonId, name: Text(120) })),
  /** Of the stream: messages and changes of them. */
  position: Position,
  /** The offset of the newest message. */
  newest: Offset,
  /** The newest message, absent in an empty channel. */
  last: optional(Message),
  /** How far this person has read, and how many messages lie beyond; deleted ones and those of the service do not count. */
  readOffset: Offset,
  unread: Type.Integer({ minimum: 0 }),
  /** From which message on this person has marked it as unread. */
  unreadFrom: optional(Offset),
  /** Since when the jobseeker has been waiting for an answer, and until when they are to have one. */
  waitingSince: optional(Timestamp),
  answerWithinMs: Type.Integer({ minimum: 0 }),
  /** How far each member has read. */
  readBy: list(ReadBy, 64),
})
export type ChannelSummary = Static<typeof ChannelSummary>

/** A jobseeker has waited so long for an answer, or has so little hope of one, that others were told. */
export const AnswerDue = object({
  channel: ChannelId,
  jobseeker: object({ id: PersonId, name: Text(120) }),
  /** Who could answer when this was told: the advisor, if they take part, and who stands in. Nobody: somebody must be named. */
  answerers: list(object({ id: PersonId, name: Text(120) }), 100),
  waitingSince: Timestamp,
  dueAt: Timestamp,
  overdue: Type.Boolean(),
})
export type AnswerDue = Static<typeof AnswerDue>

const OfChannel = { kind: 'channel', path: 'params.channel' } as const
/** One message that is acted on. */
const OneMessage = { channel: ChannelId, offset: Offset }
const Positioned = object({ position: Position })

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
      'Adds a message to a channel: a text, attachments, or both. Answered only when it is durable; a repeat with the same key by the same person returns the first offset. Keys of others, and of other acts, are others. One sender may write VISAVIS_CHAT_MESSAGES_PER_MINUTE in one channel, else RATE_LIMITED.',
    roles: ['jobseeker', 'advisor'],
    params: object({
      channel: ChannelId,
      key: IdempotencyKey,
      text: Text(maxMessageLength, 0),
      replyTo: optional(Offset),
      attachments: optional(Type.Array(AttachmentId, { minItems: 1, maxItems: maxAttachments })),
    }),
    result: object({ offset: Offset, position: Position, at: Timestamp }),
    errors: ['NOT_FOUND', 'CONFLICT'],
    audit: { record: 'refusals', subject: OfChannel },
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
      newest: Offset,
      /** Whether more lie in the direction read. */ more: Type.Boolean(),
      /** Messages before this one are gone: they were kept as long as the region keeps them. */
      retainedFrom: optional(Offset),
    }),
    cost: 2,
    errors: ['NOT_FOUND'],
    audit: {
      record: 'acts',
      subject: OfChannel,
      details: ['params.before', 'params.after', 'params.limit'],
    },
  }),
  'chat.read': method({
    summary:
      'Moves this person’s read marker forward to an offset. It never moves back, so repeating is harmless. A mark as unread ends with it; where the marker stands there already, only with a `key`, and once for each: what comes twice must not end a newer mark.',
    roles: ['jobseeker', 'advisor'],
    params: object({ channel: ChannelId, offset: Offset, key: optional(IdempotencyKey) }),
    result: object({ readOffset: Offset }),
    errors: ['NOT_FOUND'],
    audit: { record: 'refusals', subject: OfChannel },
  }),
  'chat.receive': method({
    summary:
      'This device has everything up to an offset. It never moves back; what was read was received. The SDK tells it for several messages at once.',
    roles: ['jobseeker', 'advisor'],
    params: object(OneMessage),
    result: object({ receivedOffset: Offset }),
    errors: ['NOT_FOUND'],
    audit: { record: 'refusals', subject: OfChannel },
  }),
  'chat.markUnread': method({
    summary:
      'Shows the channel as unread from a message on, to this person alone, until they read on. Receipts stay. A repeat with the same key marks nothing again.',
    roles: ['jobseeker', 'advisor'],
    params: object({ ...OneMessage, key: IdempotencyKey }),
    result: Empty,
    errors: ['NOT_FOUND'],
    audit: { record: 'refusals', subject: OfChannel },
  }),
  'chat.edit': method({
    summary:
      'Gives an own message another text, within VISAVIS_CHAT_EDIT_WINDOW_MS. The advisor’s side can read what it was before.',
    roles: ['jobseeker', 'advisor'],
    params: object({ ...OneMessage, key: IdempotencyKey, text: Text(maxMessageLength) }),
    result: Positioned,
    cost: 2,
    errors: ['NOT_FOUND', 'GONE', 'CONFLICT'],
    audit: { record: 'acts', subject: OfChannel, details: ['params.offset'] },
  }),
  'chat.delete': method({
    summary: 'Takes the words and attachments of an own message away, earlier versions too. Its place stays.',
    roles: ['jobseeker', 'advisor'],
    params: object({ ...OneMessage, key: IdempotencyKey }),
    result: Positioned,
    cost: 2,
    errors: ['NOT_FOUND', 'GONE'],
    audit: { record: 'acts', subject: OfChannel, details: ['params.offset'] },
  }),
  'chat.pin': method({
    summary: 'Pins a message for both sides, or takes the pin off.',
    roles: ['advisor'],
    params: object({ ...OneMessage, key: IdempotencyKey, pinned: Type.Boolean() }),
    result: Positioned,
    cost: 2,
    errors: ['NOT_FOUND', 'GONE', 'CONFLICT'],
    audit: { record: 'acts', subject: OfChannel, details: ['params.offset', 'params.pinned'] },
  }),
  'chat.pinned': method({
    summary: 'The pinned messages of a channel, the newest pin first.',
    roles: ['jobseeker', 'advisor'],
    params: object({ channel: ChannelId }),
    result: object({ messages: list(Message, 50) }),
    cost: 5,
    audit: { record: 'acts', subject: OfChannel },
  }),
  'chat.versions': method({
    summary: 'The texts that a message had before it was edited, oldest first.',
    roles: ['advisor'],
    params: object(OneMessage),
    result: object({ versions: list(object({ at: Timestamp, text: Text(maxMessageLength, 0) }), 20) }),
    audit: { record: 'acts', subject: OfChannel, details: ['params.offset'] },
  }),
  'chat.members': method({
    summary: 'Who has written or read in a channel, or may do so now, by name: so that everybody sees who is who.',
    roles: ['jobseeker', 'advisor'],
    params: object({ channel: ChannelId }),
    result: object({
      members: list(
        object({
          id: PersonId,
          name: Text(120),
          /** What they are to this channel at the moment. */
          is: oneOf('jobseeker', 'advisor', 'cover', 'former'),
        }),
        200,
      ),
    }),
    cost: 2,
    audit: { record: 'acts', subject: OfChannel },
  }),
  'chat.settle': method({
    summary:
      'What the jobseeker has written up to an offset needs no answer (thanks, a greeting): the clock of the answer stops, or begins with what they wrote after it. It never moves back, so repeating is harmless.',
    roles: ['advisor'],
    params: object(OneMessage),
    result: Empty,
    audit: { record: 'acts', subject: OfChannel, details: ['params.offset'] },
  }),
  'chat.due': method({
    summary:
      'For a supervisor: the jobseekers of theirs whose answer is due soon, is overdue, or whom nobody can answer; the one due first at the beginning. Kept up to date by `chat.answerDue` and `chat.answerDueEnded`.',
    roles: ['supervisor'],
    params: Empty,
    result: object({
      due: list(AnswerDue, maxDue),
      /** Whether there are more. */ more: Type.Boolean(),
    }),
    cost: 10,
    audit: { record: 'acts' },
  }),
  'chat.typing': method({
    summary: 'This person is writing in a channel. Told to the others as it happens; nothing is kept.',
    roles: ['jobseeker', 'advisor'],
    params: object({ channel: ChannelId }),
    result: Empty,
  }),
}

export const chatEvents = {
  'chat.messagePublished': event({
    summary: 'A message was added to a channel. Offsets have no gaps: a missing one is asked for with chat.history.',
    delivery: 'durable',
    data: object({ channel: ChannelId, message: Message }),
  }),
  'chat.messageChanged': event({
    summary: 'A message was edited, deleted, pinned or unpinned: what it is now.',
    delivery: 'durable',
    data: object({ channel: ChannelId, message: Message }),
  }),
  'chat.messagesExpired': event({
    summary: 'Messages before `retainedFrom` are gone for good: they were kept as long as the region keeps them.',
    delivery: 'durable',
    data: object({ channel: ChannelId, retainedFrom: Offset }),
  }),
  'chat.readMoved': event({
    summary: 'A member has read up to an offset.',
    data: object({ channel: ChannelId, person: PersonId, readOffset: Offset }),
  }),
  'chat.receivedMoved': event({
    summary: 'A device of a member has everything up to an offset.',
    data: object({ channel: ChannelId, person: PersonId, receivedOffset: Offset }),
  }),
  'chat.unreadMarked': event({
    summary: 'This person has marked a channel as unread from a message on, on one of their devices.',
    data: object({ channel: ChannelId, unreadFrom: Offset }),
  }),
  'chat.waitingMoved': event({
    summary:
      'Since when the jobseeker waits for an answer has changed other than by a message: one was deleted, or needs no answer. Absent: they do not wait.',
    data: object({ channel: ChannelId, waitingSince: optional(Timestamp) }),
  }),
  'chat.answerDue': event({
    summary:
      'A jobseeker’s answer is due within VISAVIS_CHAT_ANSWER_LEAD_MS, is overdue, or there is nobody who could answer: told to whoever could answer and to their supervisors, once for each of these.',
    delivery: 'durable',
    data: AnswerDue,
  }),
  'chat.answerDueEnded': event({
    summary: 'The jobseeker of whom `chat.answerDue` told waits no longer, or not since then: told to the same people.',
    delivery: 'durable',
    data: object({ channel: ChannelId, waitingSince: Timestamp }),
  }),
  'chat.typed': event({
    summary: 'A member is writing. Not told again before some seconds; it is over when nothing follows.',
    delivery: 'latest',
    data: object({ channel: ChannelId, person: PersonId }),
  }),
}
