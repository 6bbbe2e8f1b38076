/** What each error and close code means, in words: for the documents about the protocol, which the SDK does not carry. */
import { type CloseReason, closeCodes, type ErrorCode, errors } from './errors.ts'

export const explainedErrors: Readonly<Record<ErrorCode, (typeof errors)[ErrorCode] & { readonly meaning: string }>> = {
  BAD_REQUEST: { ...errors.BAD_REQUEST, meaning: 'the params do not match the method’s schema; details say where' },
  UNKNOWN_METHOD: { ...errors.UNKNOWN_METHOD, meaning: 'there is no method of that name' },
  UNAUTHENTICATED: { ...errors.UNAUTHENTICATED, meaning: 'no session is open, or the token is not valid' },
  FORBIDDEN: { ...errors.FORBIDDEN, meaning: 'this person may not do this, or not to this subject' },
  NOT_FOUND: { ...errors.NOT_FOUND, meaning: 'the thing named does not exist, or not for this person' },
  CONFLICT: { ...errors.CONFLICT, meaning: 'the thing is in a state in which this cannot be done' },
  GONE: { ...errors.GONE, meaning: 'the lease, offer, transport, participant or note named has ended' },
  ELSEWHERE: { ...errors.ELSEWHERE, meaning: 'another node holds the room; details give its url and a ticket for it' },
  TOO_LARGE: { ...errors.TOO_LARGE, meaning: 'a documented size limit was exceeded' },
  UNSUPPORTED: {
    ...errors.UNSUPPORTED,
    meaning: 'the protocol version, media capability or kind of file is not supported',
  },
  RATE_LIMITED: { ...errors.RATE_LIMITED, meaning: 'too many requests; retryAfterMs says when to try again' },
  UNAVAILABLE: { ...errors.UNAVAILABLE, meaning: 'storage or media is away for the moment; nothing was lost' },
  INTERNAL: { ...errors.INTERNAL, meaning: 'a fault of the server; it has been logged with the request id' },
}

export const explainedCloseCodes: Readonly<
  Record<CloseReason, (typeof closeCodes)[CloseReason] & { readonly meaning: string }>
> = {
  RESTART: { ...closeCodes.RESTART, meaning: 'this node is stopping; connect again' },
  TOO_SLOW: { ...closeCodes.TOO_SLOW, meaning: 'the client does not read fast enough; connect again and resume' },
  IDLE: { ...closeCodes.IDLE, meaning: 'no answer to the heartbeat' },
  OPEN_TIMEOUT: { ...closeCodes.OPEN_TIMEOUT, meaning: 'no session.open arrived within the time allowed' },
  TOO_MANY: { ...closeCodes.TOO_MANY, meaning: 'too many connections from this address' },
  RESUME: { ...closeCodes.RESUME, meaning: 'events may have been missed by this node; connect again and resume' },
  TOO_FAST: { ...closeCodes.TOO_FAST, meaning: 'requests went on although they were refused by the rate limit' },
  BAD_FRAME: { ...closeCodes.BAD_FRAME, meaning: 'a frame that is not a request of this protocol' },
  UNAUTHORIZED: { ...closeCodes.UNAUTHORIZED, meaning: 'the token was refused or has expired; get a new one' },
  REPLACED: { ...closeCodes.REPLACED, meaning: 'the same session was opened on another connection' },
  REMOVED: {
    ...closeCodes.REMOVED,
    meaning: 'the account was disabled, has left the scheme, has yet to join it or is erased',
  },
  UNSUPPORTED_VERSION: {
    ...closeCodes.UNSUPPORTED_VERSION,
    meaning: 'this protocol version is not spoken here; load the page again',
  },
}

/** Codes the WebSocket layer itself uses; listed so that the documentation is complete. */
export const standardCloseCodes = {
  1002: 'a WebSocket protocol error',
  1007: 'a text frame that is not valid UTF-8',
  1008: 'a message in more than 16 fragments',
  1009: 'a frame larger than the maximum told in the settings',
} as const
