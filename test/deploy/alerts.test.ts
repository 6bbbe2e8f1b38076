/** Prometheus' own program reads the rules and the dashboard, and tries each rule on series of what it is for. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { calm, minutes, troubles } from './alert-series.ts'

const rules = fileURLToPath(new URL('../../deploy/prometheus/visavis-alerts.yml', import.meta.url))
const isThere = (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'promtool')))
/** Set-up installs it where it can. */
const options = isThere ? {} : { skip: 'there is no promtool (Debian: prometheus)' }

const promtool = (...args: string[]) => promisify(execFile)('promtool', args)
/** JSON is YAML. */
const put = async (file: string, value: object) => {
  await writeFile(file, JSON.stringify(value))
  return file
}

t.test('every alert has its trouble, and every trouble its alert', async (t) => {
  const text = await readFile(rules, 'utf8')
  const ruled = [...text.matchAll(/^ +- alert: (\w+)$/gm)].map(([, name]) => name)
  t.strictSame(troubles.map(({ alert }) => alert).sort(), ruled.sort())
})

t.test('the rules are read, and each is told of its own trouble and of nothing else', options, async (t) => {
  t.match((await promtool('check', 'rules', rules)).stdout, /SUCCESS: 15 rules found/)
  const at = `${minutes - 5}m`
  const input = (series: Readonly<Record<string, string>>) =>
    Object.entries(series).map(([series, values]) => ({ series, values }))
  const expecting = (expected: (alert: string) => readonly object[]) =>
    troubles.map(({ alert }) => ({ eval_time: at, alertname: alert, exp_alerts: expected(alert) }))
  const tests = [
    ...troubles.map(({ alert, series, labels, summary, severity }) => ({
      interval: '1m',
      input_series: input(series),
      alert_rule_test: expecting((name) =>
        name === alert ? [{ exp_labels: { ...labels, severity }, exp_annotations: { summary } }] : [],
      ),
    })),
    ...calm.map((series) => ({
      ...{ interval: '1m', input_series: input(series), alert_rule_test: expecting(() => []) },
    })),
  ]
  const file = join(t.testdir(), 'tests.json')
  const told = await promtool('test', 'rules', await put(file, { rule_files: [rules], tests })).catch(
    (error: { stdout: string; stderr: string }) => error,
  )
  t.match(told.stdout, /SUCCESS/, told.stderr)
  // That it would be told of an alert that does not come.
  const [first] = troubles
  const silent = {
    interval: '1m',
    input_series: [],
    alert_rule_test: [{ eval_time: at, alertname: first?.alert, exp_alerts: [{}] }],
  }
  await t.rejects(promtool('test', 'rules', await put(file, { rule_files: [rules], tests: [silent] })))
})

t.test('every expression of the dashboard is one that Prometheus reads', options, async (t) => {
  const text = await readFile(new URL('../../deploy/grafana/visavis.json', import.meta.url), 'utf8')
  const { panels } = JSON.parse(text) as { panels: { targets: { expr: string }[] }[] }
  const asked = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll('$node', '.*')))
  t.ok(asked.length > 20 && asked.every((expr) => !expr.includes('$')))
  const group = (of: readonly string[]) => ({
    groups: [{ name: 'dashboard', rules: of.map((expr, n) => ({ record: `panel:${n}`, expr })) }],
  })
  const file = join(t.testdir(), 'dashboard.json')
  t.match((await promtool('check', 'rules', await put(file, group(asked)))).stdout, /SUCCESS/)
  await t.rejects(promtool('check', 'rules', await put(file, group(['sum by (']))))
})
