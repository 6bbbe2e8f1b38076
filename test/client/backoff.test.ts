import fc from 'fast-check'
import t from 'tap'
import { backoffMs, waitOf } from '../../client/backoff.ts'

t.test('a wait is never longer than 20 s beyond what the server asked, and never shorter than that', async () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(fc.nat(10_000), random, fc.nat(60_000), (attempt, chance, asked) => {
      const ms = backoffMs(attempt, chance, asked)
      return ms >= asked && ms <= asked + 20_000
    }),
  )
})

t.test('the bound of the wait doubles up to 20 s, and the jitter is full: from nothing to the bound', async (t) => {
  const bounds = [0, 1, 2, 3, 4, 5, 6, 7, 50].map((attempt) => backoffMs(attempt, 1))
  t.same(bounds, [300, 600, 1_200, 2_400, 4_800, 9_600, 19_200, 20_000, 20_000])
  t.equal(backoffMs(7, 0), 0)
})

t.test('a wait may follow the name of a close code, and an absurd one is not believed', async (t) => {
  t.same(['RESTART 1200', 'RESTART', '', 'TOO_MANY x', 'RESTART 99999999'].map(waitOf), [1_200, 0, 0, 0, 120_000])
})
