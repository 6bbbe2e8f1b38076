import fc from 'fast-check'
import t from 'tap'
import { binsOf, latencyHistogram, percentileMs, recordMs } from '../../bench/latency.ts'

const histogramOf = (values: readonly number[]) => {
  const histogram = latencyHistogram()
  for (const ms of values) recordMs(histogram, ms)
  return histogram
}

t.test('percentiles are those of the nearest rank, to three digits', async (t) => {
  // The nearest ranks of these five are a published example (NIST, and Wikipedia's article on percentiles).
  const histogram = histogramOf([15, 20, 35, 40, 50])
  const near = (percent: number, ms: number) =>
    t.ok(Math.abs(percentileMs(histogram, percent) - ms) <= ms / 1_000, `${percent} %`)
  near(5, 15)
  near(30, 20)
  near(40, 20)
  near(50, 35)
  near(100, 50)
  t.ok(Number.isNaN(percentileMs(latencyHistogram(), 99)), 'nothing is no percentile')
})

t.test('a histogram counts every value in the one bin that it is in', async (t) => {
  t.same(
    binsOf(histogramOf([1.2, 1.4, 2.5, 12, 12.5])).flatMap(({ from, to, count }) =>
      count > 0 ? [[from, to, count]] : [],
    ),
    [
      [1, 1.5, 2],
      [2, 3, 1],
      [10, 15, 2],
    ],
  )
  t.same(binsOf(latencyHistogram()), [])
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.002, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 60 }),
      (values) => {
        const bins = binsOf(histogramOf(values))
        // A value is known to a thousandth of itself, and to a microsecond: it may lie on either side of an edge.
        const within = ({ from, to }: { from: number; to: number }) =>
          values.filter((ms) => ms > from * 0.998 - 0.001 && ms <= to * 1.002 + 0.001).length
        return (
          bins.reduce((sum, { count }) => sum + count, 0) === values.length &&
          bins.every((bin) => bin.count <= within(bin))
        )
      },
    ),
    { numRuns: 60 },
  )
  t.pass()
})
