/** "Call me back": requests that advisors answer from a queue. */
import { Type } from 'typebox'
import { event, method } from './define.ts'
import {
  CallbackId,
  IdempotencyKey,
  list,
  object,
  oneOf,
  optional,
  PersonId,
  type Static,
  Text,
  Timestamp,
} from './schema.ts'

export const CallbackState = oneOf('waiting', 'offered', 'active', 'done', 'cancelled')
export type CallbackState = Static<typeof CallbackState>

export const CallbackMedium = oneOf('phone', 'room')
export const Disposition = oneOf('answered', 'follow-up', 'no-answer', 'wrong-number')

export const Phone = Type.String({
  pattern: '^\\+?[0-9 .()-]{6,24}$',
  maxLength: 25,
  description: 'as the jobseeker typed it',
})

export const Callback = object({
  id: CallbackId,
  jobseeker: PersonId,
  jobseekerName: Text(120),
  /** Whose queue it waits in. */
  advisor: PersonId,
  medium: CallbackMedium,
  phone: optional(Phone),
  reason: Text(500),
  state: CallbackState,
  requestedAt: Timestamp,
  changedAt: Timestamp,
  /** How many offers ran out without an answer. Never an absence. */
  missedOffers: Type.Integer({ minimum: 0 }),
  disposition: optional(Disposition),
})
export type Callback = Static<typeof Callback>

/** A lease on one callback: whoever holds the newest token, and nobody else, may act on it. */
export const Offer = object({
  callback: CallbackId,
  token: Type.Integer({ minimum: 1, description: 'fencing token: grows with every offer of the same callback' }),
  leaseUntil: Timestamp,
})
export type Offer = Static<typeof Offer>

export const callbackMethods = {
  'callback.request': method({
    summary: 'Asks to be called back. One open request per jobseeker: while one is open, another request returns it.',
    roles: ['jobseeker'],
    params: object({ key: IdempotencyKey, medium: CallbackMedium, phone: optional(Phone), reason: Text(500) }),
    result: object({
      callback: Callback,
      /** False when an open request already stood and is returned. */ created: Type.Boolean(),
    }),
    errors: ['CONFLICT'],
    cost: 5,
    audit: {
      record: 'acts',
      subject: { kind: 'callback', path: 'result.callback.id' },
      details: ['result.callback.jobseeker', 'params.medium', 'result.created'],
    },
  }),
  'callback.list': method({
    summary:
      'A jobseeker’s own requests, newest first; for an advisor the open ones of their queue, oldest first, with the offer they hold.',
    roles: ['jobseeker', 'advisor'],
    params: object({}),
    result: object({ callbacks: list(Callback, 500), offers: list(Offer, 50) }),
    cost: 5,
    audit: { record: 'acts' },
  }),
  'callback.accept': method({
    summary: 'Takes an offered callback. Only the advisor who holds the lease, with its token, before it runs out.',
    roles: ['advisor'],
    params: object({ callback: CallbackId, token: Type.Integer({ minimum: 1 }) }),
    result: object({ callback: Callback }),
    errors: ['NOT_FOUND', 'CONFLICT', 'GONE'],
    audit: {
      record: 'acts',
      subject: { kind: 'callback', path: 'params.callback' },
      details: ['result.callback.jobseeker'],
    },
  }),
  'callback.complete': method({
    summary: 'Ends an active callback with its disposition. Repeating with the same token returns the same result.',
    roles: ['advisor'],
    params: object({
      callback: CallbackId,
      token: Type.Integer({ minimum: 1 }),
      disposition: Disposition,
      note: optional(Text(2_000)),
    }),
    result: object({ callback: Callback }),
    errors: ['NOT_FOUND', 'CONFLICT', 'GONE'],
    audit: {
      record: 'acts',
      subject: { kind: 'callback', path: 'params.callback' },
      details: ['result.callback.jobseeker', 'params.disposition'],
    },
  }),
  'callback.cancel': method({
    summary: 'Withdraws an open request, at any moment before it is done. Never counts against the jobseeker.',
    roles: ['jobseeker'],
    params: object({ callback: CallbackId }),
    result: object({ callback: Callback }),
    errors: ['NOT_FOUND', 'CONFLICT'],
    audit: {
      record: 'acts',
      subject: { kind: 'callback', path: 'params.callback' },
      details: ['result.callback.jobseeker'],
    },
  }),
}

export const callbackEvents = {
  'callback.changed': event({
    summary: 'A callback of this jobseeker, or of this advisor’s queue, changed state.',
    delivery: 'durable',
    data: object({ callback: Callback }),
  }),
  'callback.offered': event({
    summary: 'A callback is offered to this advisor until the lease runs out.',
    delivery: 'durable',
    data: object({ callback: Callback, offer: Offer }),
  }),
}
