import t from 'tap'
import { compare, comparisonTable } from '../../../bench/compare.ts'
import type { Machine } from '../../../bench/machine.ts'
import { judge, leastSamples, type Series, wordOf } from '../../../bench/soak/leaks.ts'
import { reportOf } from '../../../bench/soak/metrics.ts'
import { parseSoak } from '../../../bench/soak/options.ts'
import { trendOf } from '../../../bench/soak/trend.ts'
import { seeded } from '../../../bench/statistics.ts'

const samplesOf = (values: readonly number[]) => values.map((y, x) => ({ x, y }))

t.test('the slope of the cloud-seeding data (Hollander, Wolfe and Chicken 2014, example 9.1)', async (t) => {
  const found = trendOf([1.26, 1.27, 1.12, 1.16, 1.03].map((y, n) => ({ x: n + 1, y })))
  t.ok(Math.abs(found.slope - -0.056) < 0.0005, `${found.slope}`)
})

t.test('two samples out of line change nothing, and what stands still has no slope', async (t) => {
  const line = Array.from({ length: 40 }, (_, n) => n * 3)
  t.match(trendOf(samplesOf(line)), { slope: 3, low: 3, high: 3 })
  const struck = line.map((value, n) => (n === 7 || n === 30 ? value + 1e6 : value))
  t.equal(trendOf(samplesOf(struck)).slope, 3)
  t.match(trendOf(samplesOf(line.map(() => 5))), { slope: 0, low: 0, high: 0 })
  t.match(trendOf([{ x: 1, y: 1 }]), { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY })
  t.match(trendOf(samplesOf([1, 2])), { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY })
})

t.test('the interval holds the true slope about 95 times of 100', async (t) => {
  let held = 0
  const tries = 300
  for (let seed = 1; seed <= tries; seed += 1) {
    const random = seeded(seed)
    const { low, high } = trendOf(samplesOf(Array.from({ length: 30 }, (_, n) => 0.5 * n + 20 * (random() - 0.5))))
    if (low <= 0.5 && high >= 0.5) held += 1
  }
  t.ok(held / tries > 0.9 && held / tries <= 1, `${held} of ${tries}`)
})

/** Forty looks an hour at a hundred megabytes with noise of one, and so much more with each look. */
const series = (growth: number, count = 40, more: Partial<Series> = {}, noise = 1e6): Series => {
  // Noise that itself has no trend, in no order that repeats soon.
  const samples = Array.from({ length: count }, (_, n) => ({
    x: n / 40,
    y: 100e6 + (((n * 7) % 11) / 11) * noise + growth * n,
  }))
  return { name: 'memory', unit: 'bytes', isKept: false, samples, ...more }
}
const finding = (...given: Parameters<typeof series>) => judge(series(...given), 0.02).finding

t.test('a leak is growth that is more than noise and more than is tolerated', async (t) => {
  t.equal(finding(0), 'none')
  t.equal(finding(1e6), 'leak')
  t.equal(finding(1e6, leastSamples), 'unproven', 'too few looks')
  t.equal(finding(52_500, 40, {}, 10e6), 'unproven', 'as much noise as is tolerated in hours')
  t.equal(finding(1e6, 40, { isKept: true }), 'kept')
  t.equal(finding(-1e6), 'none')
})

t.test('a few minutes of little growth are no leak, however much that would be an hour', async (t) => {
  // As three minutes of a real node: a heap of 46 MB that gains one.
  const minutes = (grown: number) => {
    const samples = Array.from({ length: 11 }, (_, n) => ({ x: n / 200, y: 46e6 + (grown * n) / 10 }))
    return judge({ name: 'heap', unit: 'bytes', isKept: false, samples }, 0.01)
  }
  const { low, tolerated, finding } = minutes(1e6)
  t.ok(low > 10 * tolerated)
  t.equal(finding, 'unproven')
  t.equal(minutes(10e6).finding, 'leak', 'a fifth more in three minutes is one')
  t.equal(minutes(0).finding, 'none')
})

t.test('growth while it warms up is none', async (t) => {
  const warm = series(0)
  const samples = warm.samples.map(({ x, y }, n) => ({ x, y: n < 9 ? y - 30e6 + 3e6 * n : y }))
  t.equal(judge({ ...warm, samples }, 0.02).finding, 'none')
})

t.test('one leak is a leak, and one figure that is not proven leaves all so', async (t) => {
  const [still, leaking, few] = [series(0), series(1e6), series(0, leastSamples)].map((each) => judge(each, 0.02))
  const of = (...those: (typeof still)[]) => wordOf(those.flatMap((each) => each ?? []))
  t.equal(of(still, still), 'NO LEAK')
  t.equal(of(still, leaking, few), 'LEAK')
  t.equal(of(still, few), 'NOT PROVEN')
  t.equal(wordOf([]), 'NOT PROVEN')
  t.equal(wordOf([judge(series(1e6, 40, { isKept: true }), 0.02)]), 'NO LEAK')
})

t.test('what was held on another day can be laid beside it, and growth is told with its interval', async (t) => {
  const about = { commit: 'abc', machine: {} as Machine, faults: [], isSmoke: false }
  const report = (...those: Series[]) =>
    reportOf(
      those.map((each) => judge(each, 0.02)),
      about,
    )
  const found = report(series(0), series(1e6, 40, { name: 'data in Redis', isKept: true }))
  t.match(found, { scenario: 'soak', verdict: 'NO LEAK', checks: { nothing_lost: true, no_leak: true } })
  const names = ['memory_growth', 'memory', 'data_in_Redis_growth']
  t.strictSame(Object.keys(found.metrics), names)
  t.match(found.metrics.memory_growth, { unit: 'bytes an hour', low: Number, high: Number })
  t.equal(found.metrics.memory?.values.length, 30, 'without what warms up')
  const heavier = series(0)
  const samples = heavier.samples.map(({ x, y }) => ({ x, y: y * 1.5 }))
  const changes = compare(report(heavier), report({ ...heavier, samples }))
  t.match(
    changes.find(({ figure }) => figure === 'memory'),
    { change: 'worse' },
  )
  t.match(comparisonTable(found, found), /memory +× 1.000 .* no evidence of change/)
})

t.test('hours and minutes, and the flags of the demand', async (t) => {
  t.equal(parseSoak([]).hours, 8)
  t.equal(parseSoak(['--minutes', '30']).hours, 0.5)
  t.match(parseSoak(['--hours=2', '--load', '0.1', '--volunteers', '500', '--region', 'corse']), {
    ...{ hours: 2, load: 0.1 },
    demand: { region: 'corse', parameters: { volunteers: 500 }, out: 'soak-report', seconds: 20 },
  })
  t.equal(parseSoak(['--hours', '0.05']).demand.seconds, 8, 'eleven loads of three minutes')
  t.equal(parseSoak(['--minutes', '0.1']).demand.seconds, 2)
  t.equal(parseSoak(['--hours', '0.05', '--seconds', '12']).demand.seconds, 12)
  t.match(parseSoak(['--smoke', '--load', '0.5']), {
    load: 0.5,
    demand: { smoke: true, seconds: 1, parameters: { volunteers: 250 } },
  })
  t.throws(() => parseSoak(['--smoke', '--hours', '8']), { message: /--smoke takes no --hours/ })
  t.throws(() => parseSoak(['--hours', '0']), { message: /--hours takes a number/ })
  t.throws(() => parseSoak(['--hours', '1', '--minutes', '1']), { message: /one flag/ })
  t.throws(() => parseSoak(['--volunteers', 'many']), { message: /^--volunteers takes[^\n]*\nnpm run bench -- soak/ })
})
