import t from 'tap'
import { after, type ConnectionState, type Happening } from '../../client/lifecycle.ts'

const lost = (code: number): Happening => ({ type: 'lost', code })
const rules: readonly [ConnectionState, Happening, ConnectionState, string][] = [
  ['connecting', { type: 'opened' }, 'open', 'an answered session.open opens'],
  ['connecting', lost(1006), 'connecting', 'a server that is not there yet is tried again'],
  ['connecting', lost(4501), 'closed', 'a refused token ends it'],
  ['open', lost(1006), 'recovering', 'a cut network is recovered from'],
  ['open', lost(4000), 'recovering', 'a restarting node is come back to'],
  ['open', lost(4499), 'recovering', 'an unknown code below 4500 means come back'],
  ['open', lost(4500), 'closed', 'a bad frame ends it'],
  ['open', lost(4999), 'closed', 'an unknown code from 4500 means stay away'],
  ['open', lost(4501), 'recovering', 'a token that ran out is replaced by a new one'],
  ['recovering', lost(4501), 'closed', 'a new token that is refused as well ends it'],
  ['recovering', lost(1006), 'recovering', 'it goes on trying'],
  ['recovering', { type: 'opened' }, 'open', 'and is open again'],
  ['open', { type: 'ended' }, 'closed', 'close() ends it'],
  ['open', lost(4502), 'closed', 'a session opened elsewhere ends here'],
  ['closed', { type: 'opened' }, 'closed', 'nothing reopens what is closed'],
  ['closed', lost(1006), 'closed', 'nor brings it back'],
]
for (const [state, happening, next, rule] of rules) {
  t.test(`${state}: ${rule}`, async (t) => t.equal(after(state, happening), next))
}
