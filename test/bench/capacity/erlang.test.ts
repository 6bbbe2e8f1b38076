import fc from 'fast-check'
import t from 'tap'
import { erlangB, erlangC, meanWait, serversFor } from '../../../bench/capacity/erlang.ts'

t.test('Erlang B gives the values of the published tables', async (t) => {
  // ITU Teletraffic Engineering Handbook, table of blocking; A and n as in the tables that telephony has used since 1917.
  for (const [servers, load, blocked] of [
    [1, 1, 0.5],
    [2, 1, 0.2],
    [3, 2, 0.2105],
    [10, 5, 0.0184],
    [20, 12.03, 0.01],
    [10, 4.46, 0.01],
    [100, 84.06, 0.01],
  ] as const) {
    t.ok(Math.abs(erlangB(servers, load) - blocked) < 5e-4, `B(${servers}, ${load}) = ${erlangB(servers, load)}`)
  }
})

t.test('rooms for one blocking in a thousand are those of the tables', async (t) => {
  for (const [load, servers] of [
    [15, 28],
    [75, 100],
    [150, 183],
    [300, 344],
  ] as const)
    t.equal(serversFor(load, 0.001), servers)
})

t.test('Erlang C gives published values: for one server the load itself, and textbook staffing', async (t) => {
  t.ok(Math.abs(erlangC(1, 0.7) - 0.7) < 1e-12)
  t.ok(Math.abs(erlangC(2, 1) - 1 / 3) < 1e-12)
  // Koole, Call Center Optimization: 1 call a minute of 5 minutes, 8 agents.
  t.ok(Math.abs(erlangC(8, 5) - 0.1673) < 5e-4, `${erlangC(8, 5)}`)
  t.equal(erlangC(5, 5), 1)
  t.equal(meanWait(5, 5, 3), Number.POSITIVE_INFINITY)
  // M/M/1: ρ/(1−ρ) services.
  t.ok(Math.abs(meanWait(1, 0.5, 10) - 10) < 1e-9)
})

t.test('more servers never make anybody wait more, and C is never less than B', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.double({ min: 0.01, max: 400, noNaN: true }), (servers, load) => {
      const [b, c] = [erlangB(servers, load), erlangC(servers, load)]
      return b >= 0 && b <= 1 && c >= b && c <= 1 && erlangB(servers + 1, load) <= b && erlangC(servers + 1, load) <= c
    }),
  )
  t.pass()
})
