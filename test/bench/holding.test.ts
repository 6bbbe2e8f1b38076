import t from 'tap'
import { type Ask, type Hold, outOfTurn, overdue, sharedHolds, unaccounted } from '../../bench/holding.ts'

const hold = (session: string, from: number, until: number, token = 1): Hold => ({
  id: 'x',
  session,
  token,
  from,
  until,
})

t.test('one after the other is no sharing, at once is', async (t) => {
  t.strictSame(sharedHolds([hold('b', 20, 30, 2), hold('a', 10, 20)]), [])
  t.strictSame(sharedHolds([hold('a', 10, 21), hold('b', 20, 30, 2)]), ['b was told that it holds x while a held it'])
  t.strictSame(sharedHolds([hold('a', 10, 21), { ...hold('b', 20, 30), id: 'y' }]), [])
})

t.test('a long hold is remembered behind a short one', async (t) => {
  const holds = [hold('a', 0, 100), hold('a', 10, 20, 2), hold('b', 50, 60, 3)]
  t.strictSame(sharedHolds(holds), ['b was told that it holds x while a held it'])
})

t.test('an offer that two sessions were told is shared even when they did not overlap', async (t) => {
  t.strictSame(sharedHolds([hold('a', 10, 20), hold('b', 30, 40)]), ['offer 1 of x was told to a and to b'])
})

t.test('what was acknowledged is done or waits; what was done before the acknowledgement counts too', async (t) => {
  const states = new Map([
    ['a', 'done'],
    ['b', 'waiting'],
    ['c', 'done'],
  ])
  t.strictSame(unaccounted({ acknowledged: ['a', 'b'], completed: ['a', 'c'], states }), [])
  t.strictSame(unaccounted({ acknowledged: ['a', 'b', 'd'], completed: ['a', 'c', 'b', 'c'], states }), [
    'c was done twice',
    'b should be done and is waiting',
    'd should be waiting and is lost',
  ])
})

t.test('within an own line the later one is not given first; other lines have an order of their own', async (t) => {
  const given = (id: string, readyAt: number, own = true, advisor = 'anne') => ({ advisor, id, readyAt, own })
  t.strictSame(outOfTurn([given('a', 1), given('z', 9, false), given('b', 2), given('c', 1, true, 'bob')]), [])
  t.strictSame(outOfTurn([given('b', 2), given('a', 1)]), ['anne was given b before a, which had waited for longer'])
})

t.test('a request that has waited for longer than is stated goes to whoever is free', async (t) => {
  const bound = {
    mostMs: 100,
    overtakenMs: 10,
    sweeps: [50, 1_099, 1_103, 1_200].map((at) => ({ sentAt: at, toldAt: at + 2 })),
  }
  const requests = [{ id: 'x', readyAt: 1_000 }]
  const ask = (sentAt: number, id?: string, readyAt = 1_000): Ask => ({
    ...{ advisor: 'anne', sentAt, toldAt: sentAt + 1 },
    given: id === undefined ? undefined : { id, readyAt },
  })
  t.strictSame(overdue(requests, [ask(1_104), ask(1_200, 'x')], bound), [], 'no sweep was over since')
  t.strictSame(overdue(requests, [ask(1_106), ask(1_200, 'x')], bound), [
    'anne was given nothing while x had waited for 106 ms',
  ])
  t.strictSame(overdue(requests, [ask(1_106, 'y', 1_011)], bound), ['anne was given y while x had waited for 106 ms'])
  t.strictSame(overdue(requests, [ask(1_106, 'y', 1_010)], bound), [], 'what came a little later may go first')
  const atOnce = [{ ...ask(1_106), toldAt: 1_110 }, ask(1_109, 'x')]
  t.strictSame(overdue(requests, atOnce, bound), [], 'it may have been somebody else’s by then')
  t.strictSame(overdue(requests, [ask(1_106)], bound, new Set(['x anne'])), [], 'who declined it is not asked again')
})
