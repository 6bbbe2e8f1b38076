/** mediasoup's errors, told in the words of the protocol. Nothing mediasoup throws leaves this folder untranslated. */
import { errors } from 'mediasoup'
import { type ErrorCode, VisavisError } from '../protocol/index.ts'

/**
 * Asks mediasoup for something.
 * @param otherwise what a refusal by the worker without a kind of its own means for this call
 * @throws VisavisError only: UNAVAILABLE when the worker is gone, UNSUPPORTED, GONE, BAD_REQUEST, or `otherwise`.
 */
export async function ask<T>(call: () => Promise<T>, otherwise: ErrorCode): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw translate(error, otherwise)
  }
}

export function translate(error: unknown, otherwise: ErrorCode): VisavisError {
  if (error instanceof VisavisError) return error
  if (error instanceof errors.WorkerClosedError)
    return new VisavisError('UNAVAILABLE', 'the media worker of this room is gone', { cause: error })
  if (error instanceof errors.UnsupportedError)
    return new VisavisError('UNSUPPORTED', 'no codec in common for this media', { cause: error })
  if (error instanceof errors.NotFoundError) return gone('what was asked for has ended', error)
  // mediasoup and its worker use TypeError for parameters they cannot accept.
  if (error instanceof TypeError || error instanceof RangeError)
    return new VisavisError('BAD_REQUEST', 'the media parameters are not valid', { cause: error })
  return new VisavisError(otherwise, 'the media worker refused this', { cause: error })
}

export const gone = (message: string, cause?: unknown): VisavisError =>
  new VisavisError('GONE', message, cause === undefined ? {} : { cause })
