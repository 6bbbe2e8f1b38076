import t from 'tap'
import { failedChecks, table, toReport } from '../../bench/report.ts'
import { combine, metric, type Result, ratio, type Scenario } from '../../bench/scenario.ts'

const machine = { cpu: 'c', cores: 2, memoryBytes: 1, node: 'v26', redis: '7', mediasoup: '3' }
const about = { commit: 'abc', machine }
const scenario: Scenario = { name: 'chat', question: '?', peers: [], run: async () => result(true) }
const result = (passed: boolean): Result => ({
  metrics: { p99_ms: metric([1, 2, 3], 'ms', 'lower') },
  ratios: { throughput_vs_peer: ratio([10, 20], [5, 10], 'higher') },
  checks: { every_message_once_in_order: passed },
  notes: ['only for people'],
})

t.test('a report has exactly the documented shape', async (t) => {
  const report = toReport(scenario, result(true), about)
  const { low, high } = report.metrics.p99_ms ?? { low: 0, high: 0 }
  t.strictSame(JSON.parse(JSON.stringify(report)), {
    scenario: 'chat',
    commit: 'abc',
    machine,
    metrics: { p99_ms: { value: 2, low, high, values: [1, 2, 3], unit: 'ms', better: 'lower' } },
    ratios: { throughput_vs_peer: { value: 2, low: 2, high: 2, better: 'higher', pairs: 2 } },
    checks: { every_message_once_in_order: true },
  })
  t.match(table(report, ['why']), /p99_ms +2\.00 ms[\s\S]*note: why/)
})

t.test('a failed check leaves no figure', async (t) => {
  const report = toReport(scenario, result(false), about)
  t.same([report.metrics, report.ratios], [{}, {}])
  t.same(failedChecks(report), ['every_message_once_in_order'])
  t.match(table(report), /FAILED[\s\S]*no result/)
  t.notMatch(table(report), /p99/)
})

t.test('a scenario that checked nothing has failed', async (t) => {
  const report = toReport(scenario, { ...result(true), checks: {} }, about)
  t.same([report.metrics, failedChecks(report).length], [{}, 1])
})

t.test('a figure that nobody measured is an error, not a zero', async (t) => {
  const unmeasured = { ...result(true), metrics: { p99_ms: metric([Number.NaN], 'ms', 'lower') } }
  t.throws(() => toReport(scenario, unmeasured, about), /p99_ms was not measured/)
})

t.test('parts become one result, in which a check passes only when it does in every part', async (t) => {
  const other: Result = { ...result(false), metrics: { rate: metric([4], 'messages/s', 'higher') }, ratios: {} }
  const { metrics, ratios, checks, notes } = combine([result(true), other, { ...other, checks: { quiet: true } }])
  t.strictSame([Object.keys(metrics), Object.keys(ratios)], [['p99_ms', 'rate'], ['throughput_vs_peer']])
  t.strictSame(checks, { every_message_once_in_order: false, quiet: true })
  t.equal(notes.length, 3)
  t.strictSame(combine([other, result(true)]).checks, { every_message_once_in_order: false }, 'in any order')
})
