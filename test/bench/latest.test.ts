import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { ratioChart } from '../../bench/latest/chart.ts'
import { keepReports } from '../../bench/latest/command.ts'
import { chosen } from '../../bench/latest/headlines.ts'
import { keptReport, nameOf } from '../../bench/latest/kept.ts'
import { section, withSection } from '../../bench/latest/table.ts'
import { commit } from '../../bench/machine.ts'
import type { Report } from '../../bench/report.ts'
import { bench } from './bench.ts'

const report: Report = {
  ...{ scenario: 'rooms', commit: 'abc123' },
  machine: { cpu: 'a | b', cores: 2, memoryBytes: 8 * 2 ** 30, node: 'v26', redis: '7', mediasoup: '3' },
  metrics: {
    join_p95_ms: { value: 12.345, low: 11, high: 13, values: [11, 12.345, 13], unit: 'ms', better: 'lower' },
    unheard_of: { value: 1, low: 1, high: 1, values: [1], unit: 'ms', better: 'lower' },
  },
  ratios: {
    join_vs_mediasoup: { value: 1.25, low: 1.1, high: 1.5, better: 'lower', pairs: 5 },
    packets_vs_mediasoup: { value: 0.5, low: 0.4, high: 3, better: 'higher', pairs: 1 },
  },
  checks: { all_there: true },
}

t.test('README tells the results that are kept', async (t) => {
  const { stdout } = await bench('results', '--check')
  t.match(stdout, /is what is kept/)
})

t.test('figures, ratios with their intervals, and on what they were measured', async (t) => {
  const text = section([report])
  t.match(text, /\| rooms \| `join_vs_mediasoup` \| × 1.25 \| 1.1 – 1.5 \| lower \| 5 \|/)
  t.match(text, /\| rooms \| `join_p95_ms` \| 12.3 \| 11 – 13 \| ms \| lower \| 3 \|/)
  t.notMatch(text, /unheard_of/, 'what a reader looks for first')
  t.match(text, /a \\\| b, 2 cores, 8 GiB/)
  t.match(text, /abc123/)
  t.match(
    section([{ ...report, versions: { mediasoup: '3', ws: '8.1' } }]),
    /\| node v26, redis 7, mediasoup 3, ws 8.1 \|/,
  )
  const one = { ...report, scenario: 'new', ratios: {}, verdict: 'LAUNCH' }
  t.match(section([one]), /\| new \| `unheard_of` \| 1 \| none: one repeat \|/)
  t.match(section([one]), /\| new \| LAUNCH \|/)
  t.match(section([]), /No result/)
})

t.test(
  'what was measured of each scenario is kept in the place of what was before, and the table tells all',
  async (t) => {
    const readme = readFileSync('bench/README.md', 'utf8')
    const files = t.testdir({ results: {}, 'README.md': readme })
    const place = { folder: join(files, 'results'), readme: join(files, 'README.md'), chart: join(files, 'ratios.svg') }
    const { stdout } = await bench('list')
    const names = stdout.split('\n').flatMap((line) => line.split(' ')[0] || [])
    t.ok(names.includes('http') && names.includes('callbacks') && names.includes('capacity') && names.includes('soak'))
    const lines: string[] = []
    const keep = (...reports: Report[]) => keepReports(reports, (line) => lines.push(line), place)
    for (const scenario of names) await keep({ ...report, scenario })
    await keep({ ...report, scenario: 'http', commit: 'newer' })
    t.same(readdirSync(place.folder).sort(), names.map((name) => `${name}.json`).sort())
    const told = readFileSync(place.readme, 'utf8')
    for (const name of names) t.match(told, `| ${name} |`)
    t.match(told, /\| http \| {2}\| newer \|/)
    t.notMatch(told, /\| http \| {2}\| abc123 \|/)
    t.equal(lines.at(-1), `  bench/README.md tells of ${names.length} results`)
    t.match(readFileSync(place.chart, 'utf8'), /http: join_vs_mediasoup/)
    const rooms = () => readFileSync(join(place.folder, 'rooms.json'), 'utf8')
    const before = rooms()
    await t.rejects(keep({ ...report, isSmoke: true }), /smoke run/)
    t.equal(readFileSync(place.readme, 'utf8'), told, 'what is refused changes nothing')
    t.equal(rooms(), before)
  },
)

t.test('what stands in the table for a scenario is among what it measures', async (t) => {
  for (const [scenario, names] of Object.entries(chosen)) {
    const file = `bench/latest/results/${scenario}.json`
    if (!existsSync(file)) continue
    const { metrics } = JSON.parse(readFileSync(file, 'utf8')) as Report
    t.same(
      names.filter((name) => !(name in metrics)),
      [],
      scenario,
    )
  }
})

t.test('keeping a result is no change of what is measured', async (t) => {
  const checkout = t.testdir({ bench: { 'README.md': 'a', 'run.ts': 'a', latest: { results: {} } } })
  const git = (...args: string[]) => promisify(execFile)('git', args, { cwd: checkout })
  await git('init', '--quiet')
  await git('add', '.')
  await git('-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '--quiet', '--message', 'a')
  const clean = await commit(checkout)
  t.match(clean, /^[0-9a-f]{12}$/)
  writeFileSync(join(checkout, 'bench/latest/results/http.json'), '{}')
  writeFileSync(join(checkout, 'bench/latest/ratios.svg'), '<svg/>')
  writeFileSync(join(checkout, 'bench/README.md'), 'other')
  t.equal(await commit(checkout), clean)
  writeFileSync(join(checkout, 'bench/run.ts'), 'other')
  t.equal(await commit(checkout), `${clean} with changes`)
})

t.test('the rest of the file stays as it is', async (t) => {
  const readme = readFileSync('bench/README.md', 'utf8')
  const once = withSection(readme, section([report]))
  t.equal(withSection(once, section([report])), once)
  const outside = (text: string) => text.replace(/<!-- results[\s\S]*<!-- \/results -->/, '')
  t.equal(outside(once), outside(readme))
  t.throws(() => withSection('nothing', ''), /no place/)
})

t.test('in the picture, right of 1 is better, whichever way the figure goes', async (t) => {
  const chart = ratioChart([report])
  const places = [...chart.matchAll(/<circle cx="([\d.]+)"[^>]*fill="(#\w+)"/g)].map(([, x, fill]) => [Number(x), fill])
  const [, one] = /M([\d.]+) 34V\d+" stroke="#161616"/.exec(chart) ?? []
  t.match(places[0], [Number, '#a3123d'])
  t.ok(Number(places[0]?.[0]) < Number(one), 'a longer join is worse')
  t.match(places[1], [Number, '#666'], 'an interval that holds 1 says nothing')
  const grown = {
    ...report,
    ratios: { ...report.ratios, cost_1m_vs_1k: { value: 1, low: 1, high: 1, better: 'lower' as const, pairs: 5 } },
  }
  t.equal(ratioChart([grown]), chart, 'how a cost grows is nothing beside a peer')
  t.notMatch(chart, /NaN|undefined|Infinity/)
  t.notMatch(ratioChart([]), /NaN|undefined|Infinity/)
})

t.test('what is no result is refused, and one that its checks have voided', async (t) => {
  const kept = (given: unknown) => keptReport(given, 'out.json')
  t.equal(kept(report), report)
  t.throws(() => kept({ ...report, checks: { all_there: false } }), /out.json: rooms has no result: all_there/)
  t.throws(() => kept({ ...report, checks: {} }), /nothing was checked/)
  t.throws(() => kept({ ...report, isSmoke: true }), /smoke run, whose figures mean nothing/)
  t.throws(() => kept({ ...report, metrics: { a: { value: null, low: 1, high: 1 } } }), /a of rooms is no number/)
  for (const other of [null, 7, [], {}, { ...report, scenario: '../../x' }]) t.throws(() => kept(other), /no result/)
  t.equal(nameOf({ ...report, scenario: 'capacity', subject: 'trial-2014' }), 'capacity-trial-2014')
  const file = join(t.testdir(), 'bad.json')
  writeFileSync(file, '{}')
  const run = promisify(execFile)(process.execPath, ['bench/run.ts', 'results', file])
  await t.rejects(run, { code: 2, stderr: /bad.json holds something that is no result/ })
})
