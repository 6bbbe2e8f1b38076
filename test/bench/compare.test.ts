import fc from 'fast-check'
import t from 'tap'
import { compare, comparisonTable, ratioOf, reportIn } from '../../bench/compare.ts'
import type { Report } from '../../bench/report.ts'
import { type Metric, metric } from '../../bench/scenario.ts'
import { seeded } from '../../bench/statistics.ts'

const machine = { cpu: 'c', cores: 2, memoryBytes: 1, node: 'v26', redis: '7', mediasoup: '3' }
const report = (values: readonly number[], better: Metric['better'] = 'lower'): Report => ({
  ...{ scenario: 'chat', commit: 'abc', machine, ratios: {}, checks: { all: true } },
  metrics: { p99_ms: metric(values, 'ms', better) },
})
const empty = report([1])
const changes = (before: Report, after: Report) => compare(before, after).map(({ change }) => change)

t.test('repeats that overlap are no evidence of change', async (t) => {
  t.strictSame(changes(report([10, 11, 12, 9, 10]), report([10, 12, 11, 10, 9])), ['none'])
  t.match(comparisonTable(report([10, 11, 12, 13]), report([11, 10, 12, 13])), /p99_ms +× .+no evidence of change/)
})

t.test('a change is better or worse by what the figure is', async (t) => {
  const [slow, quick] = [
    [20, 21, 22, 20, 21],
    [10, 11, 10, 10, 11],
  ]
  t.strictSame(changes(report(slow), report(quick)), ['better'])
  t.strictSame(changes(report(quick), report(slow)), ['worse'])
  t.strictSame(changes(report(slow, 'higher'), report(quick, 'higher')), ['worse'])
  const [found] = compare(report(slow), report(quick))
  t.ok(Math.abs((found?.value ?? 0) - 0.5) < 0.03, 'half')
})

t.test('too few repeats, or a division by zero, prove nothing', async (t) => {
  t.strictSame(changes(report([10]), report([99])), ['unproven'])
  t.strictSame(changes(report([10, 11, 12]), report([97, 98, 99])), ['unproven'], 'three and three cannot')
  t.strictSame(changes(report([10, 11, 12, 13]), report([96, 97, 98, 99])), ['worse'], 'four and four can')
  t.strictSame(changes(report([0, 0, 0, 0]), report([1, 2, 3, 4])), ['unproven'])
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

/** Repeats of a figure that scatter by a tenth, now and then with one that a neighbour on the machine has spoilt. */
function repeats(random: () => number, { factor = 1, scatter = 0.1, spoilt = 0 } = {}): number[] {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Array.from({ length: 5 }, () => factor * Math.exp(scatter * normal()) * (random() < spoilt ? 3 : 1))
}

/** Share of so many comparisons in which the figure was called changed. */
function called(trials: number, one: () => number[], other: () => number[]): number {
  // Without intervals of its own, which nobody looks at here and which would take minutes.
  const bare = (values: number[]): Report => ({
    ...empty,
    metrics: { p99_ms: { value: 1, low: 1, high: 1, values, unit: 'ms', better: 'lower' } },
  })
  const found = Array.from({ length: trials }, () => changes(bare(one()), bare(other()))[0])
  return found.filter((change) => change === 'better' || change === 'worse').length / trials
}

t.test('what has not changed is called changed in at most one of twenty cases', async (t) => {
  for (const [how, options] of Object.entries({ calm: {}, rough: { scatter: 0.5 }, spoilt: { spoilt: 0.2 } })) {
    const random = seeded(11)
    const share = called(
      2_000,
      () => repeats(random, options),
      () => repeats(random, options),
    )
    t.ok(share < 0.05, `${how}: ${share}`)
    t.ok(share > 0.01, `${how}: the interval is no wider than it must be: ${share}`)
  }
})

t.test(
  'five repeats that scatter by a twentieth show a change by a fifth, and one by half when they scatter more',
  async (t) => {
    const random = seeded(12)
    for (const [scatter, factor] of [
      [0.05, 1.2],
      [0.05, 0.8],
      [0.1, 1.5],
    ] as const) {
      const share = called(
        500,
        () => repeats(random, { scatter }),
        () => repeats(random, { scatter, factor }),
      )
      t.ok(share > 0.95, `${scatter}, ${factor}: ${share}`)
    }
  },
)

t.test('how many would seem changed by chance is told', async (t) => {
  const many = (by: number): Report => ({
    ...report([1]),
    metrics: Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [
        `figure_${n}`,
        metric(
          [1, 2, 3, 4].map((value) => value * by),
          'ms',
          'lower',
        ),
      ]),
    ),
  })
  t.match(comparisonTable(many(1), many(1)), /0 of 40 changed; up to 2.0 would seem so/)
  t.match(comparisonTable(many(1), many(9)), /40 of 40 changed/)
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
