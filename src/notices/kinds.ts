/** Every kind of notice there is. */
import type { Kind, Reader, Words } from './kind.ts'
import { agencyAsked } from './kinds/agency-asked.ts'
import { answerDue } from './kinds/answer-due.ts'
import { appointment, calendarEntry } from './kinds/appointment.ts'
import { checkWaived } from './kinds/check-waived.ts'
import { erased } from './kinds/erased.ts'
import { left } from './kinds/left.ts'
import { notThereYet, notThereYetAdvisor } from './kinds/not-there-yet.ts'
import { unreadMessages } from './kinds/unread-messages.ts'
import { verdict } from './kinds/verdict.ts'
import { workshop, workshopInvitation } from './kinds/workshop.ts'

export const kinds = {
  ...{ unreadMessages, answerDue, left, erased },
  ...{ appointment, calendarEntry, notThereYet, notThereYetAdvisor, verdict, checkWaived, agencyAsked },
  ...{ workshop, workshopInvitation },
}

export type KindName = keyof typeof kinds
export type DataOf<K extends KindName> = (typeof kinds)[K] extends Kind<infer D> ? D : never

/** Whether the mail of a kind has a link to prove that it was read. */
export const hasProof = (kind: string): boolean =>
  Object.hasOwn(kinds, kind) && (kinds[kind as KindName] as Kind<unknown>).proof === true

/** Undefined for a kind that only a newer node knows: such a node will send it. */
export function wordsOf(kind: string, data: readonly string[], reader: Reader): Words | undefined {
  if (!Object.hasOwn(kinds, kind)) return undefined
  // Stored by `put`, which takes no other data for this kind.
  const { words } = kinds[kind as KindName] as Kind<unknown>
  return words(
    data.map((json) => JSON.parse(json) as unknown),
    reader,
  )
}
