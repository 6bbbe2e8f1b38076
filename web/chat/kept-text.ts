/**
 * What somebody is writing outlives the page: a reload, or a phone that gives the memory of a tab to another app. In this
 * tab only, for this person only, and until they sign out (page/signed-in.ts).
 */
import { personalKey } from '../page/signed-in.ts'

const keyOf = (channel: string): string => personalKey(`draft/${channel}`)

export const keptText = (channel: string): string => sessionStorage.getItem(keyOf(channel)) ?? ''

export function keepText(channel: string, text: string): void {
  if (text === '') sessionStorage.removeItem(keyOf(channel))
  else sessionStorage.setItem(keyOf(channel), text)
}
