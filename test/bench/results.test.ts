import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { parseArguments } from '../../bench/arguments.ts'
import { faultOf } from '../../bench/order-check.ts'
import { failedChecks, table, toReport } from '../../bench/report.ts'
import { metric, type Result, ratio, type Scenario } from '../../bench/scenario.ts'

const machine = { cpu: 'c', cores: 2, memoryBytes: 1, node: 'v26', redis: '7', mediasoup: '3' }
const scenario: Scenario = { name: 'chat', question: '?', run: async () => result(true) }
const result = (passed: boolean): Result => ({
  metrics: { p99_ms: metric([1, 2, 3], 'ms', 'lower') },
  ratios: { throughput_vs_peer: ratio([10, 20], [5, 10], 'higher') },
  checks: { every_message_once_in_order: passed },
})

t.test('a report has the documented shape', async (t) => {
  const report = toReport(scenario, result(true), 'abc', machine)
  t.match(JSON.parse(JSON.stringify(report)), {
    scenario: 'chat',
    commit: 'abc',
    machine,
    metrics: { p99_ms: { value: 2, low: Number, high: Number, unit: 'ms', better: 'lower' } },
    ratios: { throughput_vs_peer: { value: 2, low: 2, high: 2, better: 'higher', pairs: 2 } },
    checks: { every_message_once_in_order: true },
  })
  t.match(table(report), /p99_ms +2\.00 ms/)
})

t.test('a failed check leaves no figure', async (t) => {
  const report = toReport(scenario, result(false), 'abc', machine)
  t.same([report.metrics, report.ratios], [{}, {}])
  t.same(failedChecks(report), ['every_message_once_in_order'])
  t.match(table(report), /FAILED/)
  t.notMatch(table(report), /p99/)
})

t.test('the order check finds what is lost, repeated, swapped, or has a gap in its offsets', async (t) => {
  const good = [0, 1, 2, 3].map((sequence) => ({ offset: sequence + 10, sequence }))
  const [a, b, c, d] = good
  t.equal(faultOf(good, 4), undefined)
  t.match(faultOf(good.slice(0, 3), 4), /3 of 4/)
  t.match(
    faultOf(
      [a, b, b, c, d].filter((each) => each !== undefined),
      4,
    ),
    /message 1 came in place of 2/,
  )
  t.match(
    faultOf(
      [a, c, b, d].filter((each) => each !== undefined),
      4,
    ),
    /message 2 came in place of 1/,
  )
  t.match(
    faultOf(
      [a, b, d].filter((each) => each !== undefined),
      4,
    ),
    /message 3 came in place of 2/,
  )
  t.match(
    faultOf(
      good.map((each, n) => (n === 3 ? { ...each, offset: 20 } : each)),
      4,
    ),
    /offset 20 follows 12/,
  )
})

t.test('arguments are read, and wrong ones answered with the usage', async (t) => {
  t.same(parseArguments(['chat']), { what: 'chat', smoke: false, repeats: 5, json: undefined })
  t.match(parseArguments(['all', '--smoke', '--json', 'x.json']), {
    what: 'all',
    smoke: true,
    repeats: 1,
    json: 'x.json',
  })
  t.equal(parseArguments(['chat', '--repeats', '7']).repeats, 7)
  for (const bad of [[], ['chat', 'rooms'], ['chat', '--repeats', '0'], ['chat', '--fast']]) {
    t.throws(() => parseArguments(bad), /npm run bench/, bad.join(' '))
  }
})

t.test('an unknown scenario ends with an error and the list names every one', async (t) => {
  const bench = (...args: string[]) => promisify(execFile)(process.execPath, ['bench/run.ts', ...args])
  await t.rejects(bench('nonsense'), { code: 2, stderr: /there is no scenario nonsense/ })
  t.match((await bench('list')).stdout, /^chat .+\nrooms /m)
})
