/** A message in one line. */
import type { Message } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { saidIn } from './said.ts'

export function glimpse({ deletedAt, text, attachments = [], system }: Message): string {
  if (deletedAt !== undefined) return t('deleted')
  if (system !== undefined) {
    const { of, values } = saidIn(system)
    return t(of, values)
  }
  return text === '' ? attachments.map(({ name }) => name).join(', ') : text
}
