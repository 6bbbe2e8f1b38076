/** *Pure.* Which sentence tells a person why a file was not taken. */
import { VisavisError } from '../../client/index.ts'
import type { Key } from './en.ts'
import { sentenceOf } from './failures.ts'

const reasons: Readonly<Record<string, Key>> = {
  type: 'fileType',
  text: 'fileText',
  markup: 'fileMarkup',
  archive: 'fileArchive',
  damaged: 'fileDamaged',
  macros: 'fileMacros',
  'legacy-office': 'fileLegacyOffice',
  infected: 'fileInfected',
}

export interface FileRefusal {
  readonly of: Key
  /** Of a file that is too large: how large it may be, where the server has told. */
  readonly maxBytes: number | undefined
  /** Whether the same file may be taken another time. */
  readonly retryable: boolean
}

export function fileRefusalOf(error: unknown): FileRefusal {
  const plain = { of: sentenceOf(error), maxBytes: undefined, retryable: true }
  if (!(error instanceof VisavisError)) return plain
  const { code, details } = error
  if (code === 'UNSUPPORTED') return { ...plain, of: reasons[String(details.reason)] ?? 'fileType', retryable: false }
  if (code === 'BAD_REQUEST') return { ...plain, of: 'fileEmpty', retryable: false }
  if (code === 'RATE_LIMITED') return { ...plain, of: 'fileTooMany' }
  if (code !== 'TOO_LARGE') return plain
  const maxBytes = typeof details.maxBytes === 'number' ? details.maxBytes : undefined
  return { of: maxBytes === undefined ? 'fileTooLarge' : 'fileTooLargeFor', maxBytes, retryable: false }
}
