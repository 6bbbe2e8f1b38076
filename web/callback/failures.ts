/** *Pure.* What to say when a request or a change of one is refused. */
import { VisavisError } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import type { Key } from '../language/language.ts'

/** The time that was asked for is the reason. */
export const isOfWindow = (error: unknown): boolean =>
  error instanceof VisavisError && error.details?.path === '/window'

export function requestSentenceOf(error: unknown): Key {
  if (!isOfWindow(error) || !(error instanceof VisavisError)) return sentenceOf(error)
  return error.code === 'CONFLICT' ? 'windowTaken' : 'windowRefused'
}
