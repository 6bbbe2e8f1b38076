import t from 'tap'
import type { SessionOrders } from '../../bench/generator/sessions.ts'
import { Crew } from '../../bench/orders.ts'

t.test('every process of a crew answers its orders, and one that fails says why', async (t) => {
  await using crew = new Crew<SessionOrders>('generator/sessions.ts', 2)
  t.strictSame(await crew.order('recoveries', [{ timeoutMs: 0 }, { timeoutMs: 0 }]), [[], []])
  const wrong = { url: 'http://127.0.0.1:9', dialect: 'socket.io', perSecond: 1_000, firstAddress: 0 } as const
  const portfolios = [{ advisor: 'ann', token: 't', channels: [] }]
  const orders = [
    { ...wrong, portfolios },
    { ...wrong, portfolios: [] },
  ]
  await t.rejects(crew.order('connect', orders), /sessions\.ts: .*ECONNREFUSED/)
})

t.test('a process that has ended fails what it was told and whatever it is told later', async (t) => {
  const crew = new Crew<SessionOrders>('generator/sessions.ts', 1)
  const silence = crew.order('talk', [{ perSecond: 1 }])
  await crew[Symbol.asyncDispose]()
  await t.rejects(silence, /ended before its time/)
  await t.rejects(crew.order('expectLoss', [undefined]), /ended before its time/)
})
