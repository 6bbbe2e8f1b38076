/** A message in one line. */
import type { Message } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { saidIn } from './said.ts'

export function glimpse({ deletedAt, text, attachments = [], system }: Message): string {
  if (deletedAt !== undefined) return t('deleted')
  const said = system === undefined ? undefined : saidIn(system)
  if (said !== undefined) return t(said.of, said.values)
  return text === '' ? attachments.map(({ name }) => name).join(', ') : text
}
