/**
 * Every error a client can see, and every code a connection can be closed with; what each means is in meanings.ts.
 * No imports: the SDK bundles this file.
 */

/** `retry`: the same request may succeed later. `status`: the HTTP status of the same error in REST. */
export const errors = {
  BAD_REQUEST: { retry: false, status: 400 },
  UNKNOWN_METHOD: { retry: false, status: 404 },
  UNAUTHENTICATED: { retry: false, status: 401 },
  FORBIDDEN: { retry: false, status: 403 },
  NOT_FOUND: { retry: false, status: 404 },
  CONFLICT: { retry: false, status: 409 },
  GONE: { retry: false, status: 410 },
  ELSEWHERE: { retry: false, status: 421 },
  TOO_LARGE: { retry: false, status: 413 },
  UNSUPPORTED: { retry: false, status: 400 },
  RATE_LIMITED: { retry: true, status: 429 },
  UNAVAILABLE: { retry: true, status: 503 },
  INTERNAL: { retry: true, status: 500 },
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
  RESTART: { code: 4000 },
  TOO_SLOW: { code: 4001 },
  IDLE: { code: 4002 },
  OPEN_TIMEOUT: { code: 4003 },
  TOO_MANY: { code: 4004 },
  RESUME: { code: 4005 },
  TOO_FAST: { code: 4006 },
  BAD_FRAME: { code: 4500 },
  UNAUTHORIZED: { code: 4501 },
  REPLACED: { code: 4502 },
  REMOVED: { code: 4503 },
  UNSUPPORTED_VERSION: { code: 4504 },
} as const

export type CloseReason = keyof typeof closeCodes

/** Whether a client should connect again after this close code. */
export const mayReconnect = (code: number): boolean => code < 4500
