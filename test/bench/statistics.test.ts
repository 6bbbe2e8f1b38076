import fc from 'fast-check'
import t from 'tap'
import { estimate, median, quantile, seeded } from '../../bench/statistics.ts'

t.test('quantiles are those of Hyndman and Fan’s type 7, which R and NumPy give by default', async (t) => {
  const values = [15, 20, 35, 40, 50]
  t.equal(quantile(values, 0), 15)
  t.equal(quantile(values, 0.25), 20)
  t.equal(quantile(values, 0.4), 29)
  t.equal(quantile(values, 0.5), 35)
  t.equal(quantile(values, 1), 50)
  t.equal(median([3, 1, 2, 4]), 2.5)
  t.throws(() => quantile([], 0.5))
})

t.test('an interval contains its median and lies within the values', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 }),
      (values) => {
        const { value, low, high } = estimate(values)
        return low <= value && value <= high && low >= Math.min(...values) && high <= Math.max(...values)
      },
    ),
    { numRuns: 100 },
  )
  t.pass()
})

t.test('a 95 % interval of the median covers the true median about 95 times in 100', async (t) => {
  const random = seeded(7)
  let covered = 0
  const trials = 300
  for (let n = 0; n < trials; n += 1) {
    const { low, high } = estimate(Array.from({ length: 25 }, random), random)
    if (low <= 0.5 && 0.5 <= high) covered += 1
  }
  t.ok(covered / trials > 0.9 && covered / trials < 0.99, `${covered} of ${trials}`)
})

t.test('the interval of the median is the one of Efron and Tibshirani’s mouse data', async (t) => {
  // An Introduction to the Bootstrap, 1993, table 2.1. The median of a resample is the k-th of these 7 values when at
  // least 4 of 7 draws are not above it and so on: with probability .0102 .0981 .2386 .3062 .2386 .0981 .0102. So the 2.5th
  // percentile is the second value and the 97.5th the sixth.
  const treated = [94, 197, 16, 38, 99, 141, 23]
  t.strictSame(estimate(treated), { value: 94, low: 23, high: 141 })
})

t.test('the same seed gives the same numbers, spread over [0, 1)', async (t) => {
  const [a, b] = [seeded(42), seeded(42)]
  const values = Array.from({ length: 1_000 }, a)
  t.same(values, Array.from({ length: 1_000 }, b))
  t.ok(values.every((value) => value >= 0 && value < 1))
  t.ok(Math.abs(median(values) - 0.5) < 0.05)
})
