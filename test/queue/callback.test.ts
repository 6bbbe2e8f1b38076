import t from 'tap'
import type { Callback, CallbackState } from '../../src/protocol/index.ts'
import { cannotMove, type Inner, mayMove, states, statesBefore, toOffer } from '../../src/queue/callback.ts'

/** Written out once more by hand: a slip in the table of the source shows here. */
const allowed = new Set([
  'scheduled scheduled',
  'scheduled waiting',
  'scheduled unreachable',
  'scheduled cancelled',
  'waiting waiting',
  'waiting scheduled',
  'waiting offered',
  'waiting active',
  'waiting cancelled',
  'offered active',
  'offered waiting',
  'offered scheduled',
  'offered cancelled',
  'active active',
  'active done',
  'active waiting',
  'active scheduled',
  'active unreachable',
  'active cancelled',
])

t.test('the moves of a callback are these and no others', (t) => {
  t.same(states, ['scheduled', 'waiting', 'offered', 'active', 'done', 'unreachable', 'cancelled'])
  for (const from of states) {
    for (const to of states) t.equal(mayMove(from, to), allowed.has(`${from} ${to}`), `${from} to ${to}`)
  }
  t.end()
})

t.test('the states before another are those that may move to it', (t) => {
  for (const to of states) {
    t.same(
      statesBefore(to),
      states.filter((from) => allowed.has(`${from} ${to}`)),
      to,
    )
  }
  t.end()
})

t.test('only what is offered or active is held by somebody', (t) => {
  const held: CallbackState[] = ['offered', 'active']
  for (const state of states) {
    const callback = { id: 'c', state } as Callback
    const inner = { token: 7, leaseUntil: 9, steps: 3, note: 'private' } as Inner
    const offer = toOffer({ callback, inner })
    t.same(offer, held.includes(state) ? { callback: 'c', token: 7, leaseUntil: 9 } : undefined, state)
  }
  t.end()
})

t.test('a refused move says in which state the callback is', (t) => {
  t.match(cannotMove('c', 'done', 'cancelled'), { code: 'CONFLICT', details: { state: 'done' } })
  t.end()
})
