/** Why a file is not taken, in one place: what the sender is told, and the word for it that a page can go by. */
import { VisavisError } from '../protocol/index.ts'

const meanings = {
  type: 'files of this type are not taken',
  text: 'a text must be UTF-8',
  markup: 'HTML, SVG and XML are not taken',
  archive: 'archives are not taken, except documents of an office program',
  damaged: 'the file is damaged',
  macros: 'documents with macros are not taken',
  'legacy-office':
    'documents of Word, Excel and PowerPoint from before 2007, or with a password, cannot be told from other things: save it as docx, xlsx, pptx or PDF, without a password',
  infected: 'the virus scanner found something in it',
} as const

export type RefusalReason = keyof typeof meanings

/** @param detected the media type that its content has, where that is known. */
export const refusal = (reason: RefusalReason, detected?: string): VisavisError =>
  new VisavisError('UNSUPPORTED', `the file is refused: ${meanings[reason]}`, {
    details: { reason, ...(detected === undefined ? {} : { detected }) },
  })
