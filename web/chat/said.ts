/** *Pure.* What the service itself says in a channel, as a sentence; undefined for what a newer server says. */
import type { Message } from '../../client/index.ts'
import type { Key } from '../language/en.ts'

type System = NonNullable<Message['system']>

const sentences: Readonly<Record<System['code'], Key>> = { advisorChanged: 'advisorIsNow' }

export interface Said {
  readonly of: Key
  readonly values: Readonly<Record<string, string>>
}

export function saidIn({ code, person }: System): Said | undefined {
  if (!Object.hasOwn(sentences, code)) return undefined
  return { of: sentences[code], values: { name: person?.name ?? '' } }
}
