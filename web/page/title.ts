/** The title of the tab: what the page is, after how much waits for the person. */
import { effect, signal } from '@preact/signals'
import { type Key, t } from '../language/language.ts'

/** Offers that wait for an answer. */
export const offersWaiting = signal(0)
/** People in the lobby. */
export const visitsWaiting = signal(0)
/** Messages that were not read. */
export const messagesWaiting = signal(0)

export function nameTab(title: Key): void {
  effect(() => {
    const count = offersWaiting.value + visitsWaiting.value + messagesWaiting.value
    document.title = count === 0 ? t(title) : `(${count}) ${t(title)}`
  })
}
