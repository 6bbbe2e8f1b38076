/** Everything the chat can show on a wide screen: axe finds nothing, nothing is cut off. */
import t from 'tap'
import { openChat } from './chat-states.ts'

const look = await openChat(t)

t.test('the chat at 1440 px, light', (t) => look(t, { width: 1440, colorScheme: 'light', axe: /./ }))
