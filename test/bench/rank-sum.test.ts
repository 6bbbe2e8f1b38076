import t from 'tap'
import { countsOfU, ranksOf } from '../../bench/rank-sum.ts'

t.test('U is distributed as Mann and Whitney’s table says', async (t) => {
  // Of 3 and 3: 20 arrangements.
  t.strictSame(countsOfU(3, 3), [1, 1, 2, 3, 3, 3, 3, 2, 1, 1])
  for (const [m, n, all] of [
    [5, 5, 252],
    [4, 7, 330],
    [1, 6, 7],
  ] as const) {
    t.equal(
      countsOfU(m, n).reduce((sum, count) => sum + count, 0),
      all,
    )
    t.strictSame(countsOfU(m, n), countsOfU(n, m), 'the same whichever is the first')
  }
})

t.test('a change is proven at the critical values that are published for 5 % on two sides', async (t) => {
  // Largest U that is still significant (for example Siegel 1956, table K); -1: none is.
  const published = [
    [3, 3, -1],
    [3, 5, 0],
    [4, 4, 0],
    [5, 5, 2],
    [5, 8, 6],
    [8, 8, 13],
    [10, 10, 23],
    [20, 20, 127],
  ] as const
  for (const [m, n, critical] of published) t.equal(ranksOf(m, n, 0.05).low, critical, `${m} and ${n}`)
  t.strictSame(ranksOf(5, 5, 0.05), { low: 2, high: 22 })
})
