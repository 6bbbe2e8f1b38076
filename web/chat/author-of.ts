/** Who wrote a message, and whether that has to be said: where it is clear, the name would only be noise. */
import type { Member, Message } from '../../client/index.ts'
import { type Key, t } from '../language/language.ts'
import type { Author } from './message.tsx'
import type { Members } from './use-members.ts'

const roles: Readonly<Record<Member['is'], Key | undefined>> = {
  jobseeker: undefined,
  advisor: 'isAdvisor',
  cover: 'isCover',
  former: 'isFormer',
}

/** @param other who this conversation is with, and needs no introduction while nobody else of their side has written. */
export function authorsOf(messages: readonly Message[], members: Members, self: string, other: string) {
  const others = new Set(messages.flatMap(({ from, system }) => (from === self || system !== undefined ? [] : [from])))
  const clear = others.size <= 1 && (others.size === 0 || others.has(other))
  return ({ from }: Message, before: Message | undefined): Author => {
    if (from === self) return { name: t('you'), role: '', shown: false }
    const role = roles[members.is(from) ?? 'former']
    const goesOn = before?.from === from && before.system === undefined
    return { name: members.nameOf(from), role: role === undefined ? '' : t(role), shown: !clear && !goesOn }
  }
}
