/** The chat in the dark and on a small screen: axe looks where it is most likely to differ, nothing is cut off anywhere. */
import t from 'tap'
import { openChat } from './chat-states.ts'

const axe = /conversation|search|notes|replies|files/
const look = await openChat(t)

t.test('the chat at 1440 px, dark', (t) => look(t, { width: 1440, colorScheme: 'dark', axe }))

t.test('the chat at 320 px, light', (t) => look(t, { width: 320, colorScheme: 'light', axe }))
