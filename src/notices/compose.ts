/** The mail that tells of some notices of one person. Pure. */
import type { Language } from '../protocol/index.ts'
import type { Envelope } from './kind.ts'
import { wordsOf } from './kinds.ts'
import { letter } from './letter.ts'
import type { Mail } from './mailer.ts'
import type { Notice } from './notice.ts'

export interface ComposeOptions {
  /** What the Message-ID is made of. */
  readonly id: string
  readonly to: string
  readonly language: Language
  readonly timeZone: string
  /** URL of the pages. */
  readonly page: string
  /** URL of the link to get no more of these; absent: official. */
  readonly unsubscribe: string | undefined
  /** URL where its reader says that they have read it; absent: its link leads to the pages. */
  readonly proof?: string | undefined
  /** By which reports about its delivery name it; absent: none are asked for. */
  readonly report?: string | undefined
  readonly from?: Envelope['from']
}

/** @param notices of one kind. Undefined for a kind that only a newer node knows. */
export function compose(
  notices: readonly Notice[],
  { id, to, language, timeZone, page, unsubscribe, proof, report, from }: ComposeOptions,
): Omit<Mail, 'at'> | undefined {
  const data = notices.map(({ data = '{}' }) => data)
  const words = wordsOf(notices[0]?.kind ?? '', data, {
    ...{ language, timeZone },
    ...(from === undefined ? {} : { envelope: { from, to } }),
  })
  if (words === undefined) return undefined
  const { attachments = [] } = words
  return {
    ...{ id, to, language, unsubscribe, report, attachments },
    ...letter(words, { language, page: proof ?? `${page}${words.place ?? ''}`, unsubscribe }),
  }
}
