/** What dashboards and alerts ask for is what the server tells. */
import { readFile } from 'node:fs/promises'
import t from 'tap'
import { openSocket } from '../../bench/socket.ts'
import { testNode } from '../support/node.ts'
import { troubles } from './alert-series.ts'

const names = (text: string): string[] => [...new Set(text.match(/\b(?:visavis|nodejs|process)_[a-z0-9_]+/g) ?? [])]

t.test('every metric that a dashboard or an alert names exists', async (t) => {
  const [dashboard, alerts] = await Promise.all(
    ['grafana/visavis.json', 'prometheus/visavis-alerts.yml'].map((file) =>
      readFile(new URL(`../../deploy/${file}`, import.meta.url), 'utf8'),
    ),
  )
  await using node = await testNode(t)
  await (await openSocket(node.url, await node.token('advisor-anne'))).close()
  const told = await (await fetch(`${node.url}/metrics`)).text()
  const metrics = new Set([...told.matchAll(/^# TYPE (\S+) (\S+)/gm)].map(([, name]) => name ?? ''))
  const base = (name: string) => (metrics.has(name) ? name : name.replace(/_(?:bucket|count|sum)$/, ''))
  for (const text of [dashboard, alerts]) {
    const used = names(text ?? '')
    t.ok(used.length > 5)
    t.strictSame(
      used.filter((name) => !metrics.has(base(name))),
      [],
    )
  }
  t.notOk(metrics.has(base('visavis_nonsense')), 'the check can fail')
  // What alerts are tried on has the names and labels of what is told; Prometheus itself adds where it was told.
  const labelsOf = (line: string) => [...line.matchAll(/[{,](\w+)="/g)].map(([, label]) => label).sort()
  const own = new Set(['instance', 'job'])
  const series = [...new Set(troubles.flatMap(({ series }) => Object.keys(series)))].filter((one) => /^[vnp]/.test(one))
  for (const one of series) {
    const [name = ''] = one.split('{')
    const line = told.split('\n').find((line) => line.startsWith(`${name}{`))
    t.ok(metrics.has(base(name)), name)
    if (line !== undefined)
      t.strictSame(
        labelsOf(one).filter((label) => !own.has(label ?? '')),
        labelsOf(line),
        name,
      )
  }
  const { panels } = JSON.parse(dashboard ?? '') as { panels: { targets: { expr: string }[] }[] }
  t.ok(panels.every(({ targets }) => targets.every(({ expr }) => names(expr).length > 0)))
})

t.test('the notes for operators say of every alert what to do, and of no other', async (t) => {
  const [alerts, notes] = await Promise.all(
    ['deploy/prometheus/visavis-alerts.yml', 'docs/operations.md'].map((file) =>
      readFile(new URL(`../../${file}`, import.meta.url), 'utf8'),
    ),
  )
  const ruled = [...(alerts ?? '').matchAll(/^ +- alert: (\w+)$/gm)].map(([, name]) => name)
  const told = [...(notes ?? '').matchAll(/`(Visavis[A-Z]\w+)`/g)].map(([, name]) => name)
  t.ok(ruled.length > 10)
  t.strictSame([...new Set(told)].sort(), ruled.toSorted())
})

t.test('every alert has an expression, a severity and a sentence for people', async (t) => {
  const text = await readFile(new URL('../../deploy/prometheus/visavis-alerts.yml', import.meta.url), 'utf8')
  const [, ...rules] = text.split(/^ +- alert: /m)
  for (const rule of rules) {
    const [name = ''] = rule.split('\n')
    t.match(rule, /^ +expr: \S/m, name)
    t.match(rule, /severity: (?:page|ticket)/, name)
    t.match(rule, /^ +summary: '[^']+'$/m, name)
  }
})
