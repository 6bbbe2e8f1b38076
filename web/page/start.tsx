/** Starts a page: draws it, and names its tab in the language of the page. */
import { type ComponentChild, render } from 'preact'
import { type ConnectOptions, connect, type Role, type Visavis } from '../../client/index.ts'
import type { Key } from '../language/language.ts'
import { pages } from './place.ts'
import { readSettings } from './settings.ts'
import { currentToken, type SignedIn, signedIn } from './signed-in.ts'
import { messagesWaiting, nameTab } from './title.ts'
import { keepWanted } from './wanted.ts'

export function start(title: Key, content: ComponentChild): void {
  nameTab(title)
  const place = document.getElementById('page')
  if (place !== null) render(content, place)
}

/** A page of some roles: whoever is somebody else, or nobody, goes to the sign-in. */
export function startFor(
  roles: Role | readonly Role[],
  title: Key,
  content: (who: SignedIn, visavis: Visavis) => ComponentChild,
  only: Pick<ConnectOptions, 'only'> = {},
): void {
  const who = signedIn()
  if (who === undefined || ![roles].flat().includes(who.role)) {
    keepWanted()
    location.replace(pages)
    return
  }
  // Without them the server decides what can still be done.
  readSettings().catch(() => {})
  const visavis = connect({ url: pages, token: currentToken, ...only })
  const { chat } = visavis
  chat.onChange(() => {
    messagesWaiting.value = chat.channels.reduce((sum, { unread }) => sum + unread, 0)
  })
  start(title, content(who, visavis))
}
