import fc from 'fast-check'
import t from 'tap'
import { compare, comparisonTable, ratioOf, reportIn } from '../../bench/compare.ts'
import type { Report } from '../../bench/report.ts'
import { type Metric, metric } from '../../bench/scenario.ts'

const machine = { cpu: 'c', cores: 2, memoryBytes: 1, node: 'v26', redis: '7', mediasoup: '3' }
const report = (values: readonly number[], better: Metric['better'] = 'lower'): Report => ({
  ...{ scenario: 'chat', commit: 'abc', machine, ratios: {}, checks: { all: true } },
  metrics: { p99_ms: metric(values, 'ms', better) },
})
const changes = (before: Report, after: Report) => compare(before, after).map(({ change }) => change)

t.test('repeats that overlap are no evidence of change', async (t) => {
  t.strictSame(changes(report([10, 11, 12, 9, 10]), report([10, 12, 11, 10, 9])), ['none'])
  t.match(comparisonTable(report([10, 11, 12]), report([11, 10, 12])), /p99_ms +× .+no evidence of change/)
})

t.test('a change is better or worse by what the figure is', async (t) => {
  const [slow, quick] = [
    [20, 21, 22, 20, 21],
    [10, 11, 10, 10, 11],
  ]
  t.strictSame(changes(report(slow), report(quick)), ['better'])
  t.strictSame(changes(report(quick), report(slow)), ['worse'])
  t.strictSame(changes(report(slow, 'higher'), report(quick, 'higher')), ['worse'])
  t.match(compare(report(slow), report(quick)), [{ value: 10 / 21 }])
})

t.test('one repeat, or a division by zero, proves nothing', async (t) => {
  t.strictSame(changes(report([10]), report([99])), ['unproven'])
  t.strictSame(changes(report([0, 0, 0]), report([1, 2, 3])), ['unproven'])
})

t.test('the interval lies around the ratio, and that of a result with itself holds 1', async () => {
  const repeats = fc.array(fc.double({ min: 0.1, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 9 })
  fc.assert(
    fc.property(repeats, repeats, (before, after) => {
      const { value, low, high } = ratioOf(before, after)
      const same = ratioOf(before, before)
      return low <= value && value <= high && same.value === 1 && same.low <= 1 && same.high >= 1
    }),
    { numRuns: 50 },
  )
})

t.test('a result is found in a file of one or of many; another is an error', async (t) => {
  const [one, other] = [report([1, 2]), { ...report([3, 4]), scenario: 'rooms' }]
  t.equal(reportIn(one, 'chat'), one)
  t.equal(reportIn([other, one], 'chat'), one)
  const withoutRepeats = { ...one, metrics: { p99_ms: { value: 1, low: 1, high: 1, unit: 'ms', better: 'lower' } } }
  for (const wrong of [other, [], null, 'chat', withoutRepeats])
    t.throws(() => reportIn(wrong, 'chat'), /holds no result of chat/)
})

t.test('another machine is noted, and results without a common figure say so', async (t) => {
  const elsewhere = { ...report([1, 2]), machine: { ...machine, cores: 64 } }
  t.match(comparisonTable(elsewhere, report([1, 2])), /another machine/)
  t.notMatch(comparisonTable(report([1, 2]), report([1, 2])), /another machine/)
  t.match(comparisonTable({ ...report([1, 2]), metrics: {} }, report([1, 2])), /no figure that both have/)
})
