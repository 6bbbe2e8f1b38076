/** Every error a client can see, and every code a connection can be closed with. No imports: the SDK bundles this file. */

/** `retry`: the same request may succeed later. `status`: the HTTP status of the same error in REST. */
export const errors = {
  BAD_REQUEST: { retry: false, status: 400, meaning: 'the params do not match the method’s schema; details say where' },
  UNKNOWN_METHOD: { retry: false, status: 404, meaning: 'there is no method of that name' },
  UNAUTHENTICATED: { retry: false, status: 401, meaning: 'no session is open, or the token is not valid' },
  FORBIDDEN: { retry: false, status: 403, meaning: 'this person may not do this, or not to this subject' },
  NOT_FOUND: { retry: false, status: 404, meaning: 'the thing named does not exist, or not for this person' },
  CONFLICT: { retry: false, status: 409, meaning: 'the thing is in a state in which this cannot be done' },
  GONE: { retry: false, status: 410, meaning: 'the lease, offer, transport, participant or note named has ended' },
  ELSEWHERE: {
    retry: false,
    status: 421,
    meaning: 'another node holds the room; details give its url and a ticket for it',
  },
  TOO_LARGE: { retry: false, status: 413, meaning: 'a documented size limit was exceeded' },
  UNSUPPORTED: {
    retry: false,
    status: 400,
    meaning: 'the protocol version, media capability or kind of file is not supported',
  },
  RATE_LIMITED: { retry: true, status: 429, meaning: 'too many requests; retryAfterMs says when to try again' },
  UNAVAILABLE: { retry: true, status: 503, meaning: 'storage or media is away for the moment; nothing was lost' },
  INTERNAL: { retry: true, status: 500, meaning: 'a fault of the server; it has been logged with the request id' },
} as const

export type ErrorCode = keyof typeof errors

/** Codes that any method may answer, so they are not repeated in each method’s list. */
export const anyMethod: readonly ErrorCode[] = [
  'BAD_REQUEST',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'UNAVAILABLE',
  'INTERNAL',
]

export type ErrorDetails = Readonly<Record<string, unknown>>

/** An expected failure, told to the client as it is. Anything else thrown is a bug and is told as INTERNAL. */
export class VisavisError extends Error {
  override readonly name = 'VisavisError'
  readonly code: ErrorCode
  readonly details: ErrorDetails
  readonly retryAfterMs: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: ErrorDetails; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.details = options.details ?? {}
    this.retryAfterMs = options.retryAfterMs
  }

  get retryable(): boolean {
    return errors[this.code].retry
  }
}

/**
 * Close codes. 4000–4499: come back, with backoff. 4500–4999: do not come back without a change.
 * A client needs no table to behave well with a code it has never seen. The reason is the name of the code; for those
 * below 4500 a wait in ms may follow it (`RESTART 1200`), which spreads a crowd that comes back.
 */
export const closeCodes = {
  RESTART: { code: 4000, meaning: 'this node is stopping; connect again' },
  TOO_SLOW: { code: 4001, meaning: 'the client does not read fast enough; connect again and resume' },
  IDLE: { code: 4002, meaning: 'no answer to the heartbeat' },
  OPEN_TIMEOUT: { code: 4003, meaning: 'no session.open arrived within the time allowed' },
  TOO_MANY: { code: 4004, meaning: 'too many connections from this address' },
  RESUME: { code: 4005, meaning: 'events may have been missed by this node; connect again and resume' },
  TOO_FAST: { code: 4006, meaning: 'requests went on although they were refused by the rate limit' },
  BAD_FRAME: { code: 4500, meaning: 'a frame that is not a request of this protocol' },
  UNAUTHORIZED: { code: 4501, meaning: 'the token was refused or has expired; get a new one' },
  REPLACED: { code: 4502, meaning: 'the same session was opened on another connection' },
  REMOVED: { code: 4503, meaning: 'the account was disabled, has left the scheme or is erased' },
  UNSUPPORTED_VERSION: { code: 4504, meaning: 'this protocol version is not spoken here; load the page again' },
} as const

export type CloseReason = keyof typeof closeCodes

/** Codes the WebSocket layer itself uses; listed so that the documentation is complete. */
export const standardCloseCodes = {
  1002: 'a WebSocket protocol error',
  1007: 'a text frame that is not valid UTF-8',
  1008: 'a message in more than 16 fragments',
  1009: 'a frame larger than the maximum told in the settings',
} as const

/** Whether a client should connect again after this close code. */
export const mayReconnect = (code: number): boolean => code < 4500
