/** What each error and close code means, in words: for the documents about the protocol, which the SDK does not carry. */
import { type CloseReason, closeCodes, type ErrorCode, errors } from './errors.ts'

const errorMeanings: Readonly<Record<ErrorCode, string>> = {
  BAD_REQUEST: 'the params do not match the method’s schema; details say where',
  UNKNOWN_METHOD: 'there is no method of that name',
  UNAUTHENTICATED: 'no session is open, or the token is not valid',
  FORBIDDEN: 'this person may not do this, or not to this subject',
  NOT_FOUND: 'the thing named does not exist, or not for this person',
  CONFLICT: 'the thing is in a state in which this cannot be done',
  GONE: 'the lease, offer, transport, participant or note named has ended',
  ELSEWHERE: 'another node holds the room; details give its url and a ticket for it',
  TOO_LARGE: 'a documented size limit was exceeded',
  UNSUPPORTED: 'the protocol version, media capability or kind of file is not supported',
  RATE_LIMITED: 'too many requests; retryAfterMs says when to try again',
  UNAVAILABLE: 'storage or media is away for the moment; nothing was lost',
  INTERNAL: 'a fault of the server; it has been logged with the request id',
}

const closeMeanings: Readonly<Record<CloseReason, string>> = {
  RESTART: 'this node is stopping; connect again',
  TOO_SLOW: 'the client does not read fast enough; connect again and resume',
  IDLE: 'no answer to the heartbeat',
  OPEN_TIMEOUT: 'no session.open arrived within the time allowed',
  TOO_MANY: 'too many connections from this address',
  RESUME: 'events may have been missed by this node; connect again and resume',
  TOO_FAST: 'requests went on although they were refused by the rate limit',
  BAD_FRAME: 'a frame that is not a request of this protocol',
  UNAUTHORIZED: 'the token was refused or has expired; get a new one',
  REPLACED: 'the same session was opened on another connection',
  REMOVED: 'the account was disabled, has left the scheme or is erased',
  UNSUPPORTED_VERSION: 'this protocol version is not spoken here; load the page again',
}

/** Codes the WebSocket layer itself uses; listed so that the documentation is complete. */
export const standardCloseCodes = {
  1002: 'a WebSocket protocol error',
  1007: 'a text frame that is not valid UTF-8',
  1008: 'a message in more than 16 fragments',
  1009: 'a frame larger than the maximum told in the settings',
} as const

type Explained<T> = { readonly [K in keyof T]: T[K] & { readonly meaning: string } }

/** *Pure.* The same table, each entry with its meaning. */
function explained<T extends Readonly<Record<string, object>>>(
  table: T,
  meanings: Readonly<Record<keyof T, string>>,
): Explained<T> {
  const rows = Object.entries(table).map(([name, entry]) => [name, { ...entry, meaning: meanings[name] }])
  return Object.fromEntries(rows) as Explained<T>
}

export const explainedErrors = explained(errors, errorMeanings)
export const explainedCloseCodes = explained(closeCodes, closeMeanings)
