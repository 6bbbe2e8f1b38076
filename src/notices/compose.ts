/** The mail that tells of some notices of one person. Pure. */
import type { Language } from '../protocol/index.ts'
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
}

/** @param notices of one kind. Undefined for a kind that only a newer node knows. */
export function compose(
  notices: readonly Notice[],
  { id, to, language, timeZone, page, unsubscribe }: ComposeOptions,
): Omit<Mail, 'at'> | undefined {
  const data = notices.map(({ data = '{}' }) => data)
  const words = wordsOf(notices[0]?.kind ?? '', data, { language, timeZone })
  if (words === undefined) return undefined
  const { attachments = [] } = words
  return { id, to, language, unsubscribe, attachments, ...letter(words, { language, page, unsubscribe }) }
}
