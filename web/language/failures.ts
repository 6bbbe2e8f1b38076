/** *Pure.* Which sentence tells a person about an error. */
import type { ErrorCode } from '../../client/index.ts'
import type { Key } from './en.ts'

const sentences: Readonly<Record<ErrorCode, Key>> = {
  BAD_REQUEST: 'errorGeneric',
  UNKNOWN_METHOD: 'errorReload',
  UNAUTHENTICATED: 'errorSignIn',
  FORBIDDEN: 'errorForbidden',
  NOT_FOUND: 'errorNotFound',
  CONFLICT: 'errorConflict',
  GONE: 'errorGone',
  ELSEWHERE: 'errorUnavailable',
  TOO_LARGE: 'errorTooLarge',
  UNSUPPORTED: 'errorUnsupported',
  RATE_LIMITED: 'errorRateLimited',
  UNAVAILABLE: 'errorUnavailable',
  INTERNAL: 'errorGeneric',
}

/** Of getUserMedia, by the name of its DOMException. */
const cameraSentences: Readonly<Record<string, Key>> = {
  NotAllowedError: 'cameraDenied',
  NotFoundError: 'cameraMissing',
  NotReadableError: 'cameraBusy',
  AbortError: 'cameraBusy',
  SecurityError: 'cameraInsecure',
}

/** Of a connection that is closed for good. */
const closedSentences: Readonly<Partial<Record<ErrorCode, Key>>> = {
  FORBIDDEN: 'errorAccount',
  CONFLICT: 'errorReplaced',
  UNSUPPORTED: 'errorReload',
}

const codeOf = (error: unknown): ErrorCode | undefined => {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return Object.hasOwn(sentences, error.code) ? (error.code as ErrorCode) : undefined
}

export function sentenceOf(error: unknown): Key {
  const code = codeOf(error)
  if (code !== undefined) return sentences[code]
  if (error instanceof Error) return cameraSentences[error.name] ?? 'errorGeneric'
  return 'errorGeneric'
}

export const closedSentenceOf = (error: unknown): Key =>
  closedSentences[codeOf(error) ?? 'INTERNAL'] ?? sentenceOf(error)
