/** Pure: the report, one file without anything from elsewhere, to be read on a screen or printed. */
import type { Certificate } from '../../../src/capacity/certificate.ts'
import { merge, percentileMs } from '../../latency.ts'
import { formulas } from '../demand.ts'
import type { Findings } from '../findings.ts'
import type { Noted } from '../measure.ts'
import { objectiveNames, objectives } from '../objectives.ts'
import { count } from '../progress.ts'
import { neverMeasured } from '../unmeasured.ts'
import { barChart, escaped, type Line, lineChart, shown } from './charts.ts'
import { paper } from './paper.ts'
import { seen } from './seen.ts'
import { storms } from './storms.ts'
import { style } from './style.ts'
import { table } from './table.ts'

export function reportPage(findings: Findings, certificate: Certificate): string {
  const { options, verdict, measurement, about } = findings
  const { steps } = measurement
  const title = `Capacity of ${options.region}: ${verdict.word}`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${style}</style></head><body>
<h1>Can this deployment serve ${escaped(options.region)} with ${count(options.parameters.volunteers)} volunteers of ${count(options.parameters.registered)} registered?</h1>
<div class="verdict ${verdict.word.split(' ')[0]}"><strong>${verdict.word}</strong>${verdict.why.map((why) => `${escaped(why)}.`).join('<br>')}</div>
${tiles(findings)}
<h2>Latency by load</h2>
${latencies(steps, findings)}
<h2>What was in use</h2>
${inUse(steps)}
${timelines(steps)}
<h2>What a person saw</h2>
${seen(steps, options.limits)}
<h2>Everybody comes back at once</h2>
${storms(measurement.storms, options.limits)}
<h2>All runs</h2>
${runs([...steps, ...measurement.storms])}
<h2>Objectives</h2>
${table(
  ['objective', 'at most', 'what it is'],
  objectiveNames.map((name) => [
    name,
    `${shown(options.limits[name])} ${objectives[name].unit}`,
    objectives[name].meaning,
  ]),
)}
<h2>Demand of the busiest hour</h2>
${demandTable(findings)}
<h2>Parameters</h2>
${table(
  ['parameter', 'value', 'what it is', 'source'],
  options.given.map(({ name, value, unit, meaning, source }) => [name, `${shown(value)} ${unit}`, meaning, source]),
)}
<h2>On paper: more people than were measured</h2>
${paper(findings)}
<h2>Not measured</h2><ul>${[...verdict.unmeasured, ...neverMeasured].map((what) => `<li>${escaped(what)}</li>`).join('')}</ul>
<h2>Evidence</h2>
<p><small>Certificate ${certificate.id}, signed by key ${certificate.key.kid}, good until ${new Date(certificate.expiresAt).toISOString()}.<br>
Measured ${new Date(about.at).toISOString()}, ${shown(about.minutes)} minutes, ${steps.length} runs. Commit ${escaped(about.commit)}; ${escaped(about.machine.cpu)}, ${about.machine.cores} cores,
${shown(about.machine.memoryBytes / 2 ** 30)} GiB; node ${escaped(about.machine.node)}, redis ${escaped(about.machine.redis)}, mediasoup ${escaped(about.machine.mediasoup)}; machine ${about.fingerprint}.<br>
Generators ran ${options.nodes.length === 0 ? 'on the same machine as the server' : `against ${escaped(options.nodes.join(', '))}`}; their people were enrolled in ${escaped(options.enrolledIn.join(', '))}.</small></p>
</body></html>
`
}

function tiles(findings: Findings): string {
  const { verdict } = findings
  const { capacity, limit, margin, nodesToAdd, costPer1000 } = verdict
  const tile = (name: string, value: string) => `<div>${escaped(name)}<b>${escaped(value)}</b></div>`
  const interval = capacity === undefined ? '–' : `${count(capacity.low)} – ${count(capacity.high)}`
  return `<div class="tiles">${[
    tile(
      'volunteers carried',
      capacity === undefined ? '–' : `${capacity.atLeast ? 'at least ' : ''}${count(capacity.value)}`,
    ),
    tile('95 % interval', interval),
    tile('margin of its low end', margin === undefined ? '–' : `${Math.round(margin * 100)} %`),
    tile(
      'limiting resource',
      limit === undefined ? 'none was met' : `${limit.resource} (${Math.round(limit.share * 100)} %)`,
    ),
    tile('nodes to add', nodesToAdd === undefined ? '–' : String(nodesToAdd)),
    tile('cost a month per 1,000', costPer1000 === undefined ? '–' : shown(costPer1000)),
  ].join('')}</div>`
}

const load = 'load, times the demand'

function latencies(steps: readonly Noted[], { options, measurement }: Findings): string {
  const factor = measurement.capacity?.factor
  const marks = [
    { x: 1, name: 'demand' },
    ...(factor === undefined
      ? []
      : [
          { x: factor.low, name: 'low end' },
          ...(factor.high > factor.low ? [{ x: factor.high, name: 'high end' }] : []),
        ]),
  ]
  const of = (pick: (step: Noted) => number) => steps.map((step) => ({ x: step.factor, y: pick(step) }))
  const chart = (title: string, lines: Line[], limit: number, name: string) =>
    lineChart(lines, { title, xLabel: load, yLabel: 'ms', limit: { y: limit, name }, marks, band: true })
  const all = merge(
    steps.filter(({ outcome }) => outcome === 'held').map(({ latencies }) => latencies.message.histogram),
  )
  const percents = [0, 10, 25, 50, 75, 90, 95, 99, 99.9, 100]
  return [
    chart(
      'Messages, from due until the other has them',
      [
        { name: 'p99', points: of(({ latencies }) => latencies.message.p99Ms) },
        { name: 'p50', points: of(({ latencies }) => latencies.message.p50Ms) },
      ],
      options.limits.messageP99Ms,
      'objective p99',
    ),
    chart(
      'Callbacks, from due until the advisor hears of the offer',
      [
        { name: 'p99', points: of(({ latencies }) => latencies.offer.p99Ms) },
        { name: 'p50', points: of(({ latencies }) => latencies.offer.p50Ms) },
      ],
      options.limits.offerP99Ms,
      'objective p99',
    ),
    chart(
      'Joins, from due to the first picture',
      [
        { name: 'p95', points: of(({ latencies }) => latencies.join.p95Ms) },
        { name: 'p50', points: of(({ latencies }) => latencies.join.p50Ms) },
      ],
      options.limits.joinP95Ms,
      'objective p95',
    ),
    barChart(
      percents.map((percent) => ({ name: `${percent} %`, value: percentileMs(all, percent) })),
      {
        title: `Messages of all runs that were held (${count(all.totalCount)}), by percentile`,
        xLabel: 'percentile',
        yLabel: 'ms',
      },
    ),
  ].join('')
}

function inUse(steps: readonly Noted[]): string {
  const names = [...new Set(steps.flatMap(({ watched }) => Object.keys(watched.cores)))]
  return lineChart(
    [
      ...names.map((name) => ({
        name,
        points: steps.map((step) => ({ x: step.factor, y: step.watched.cores[name] ?? Number.NaN })),
      })),
      { name: 'all of the machine', points: steps.map((step) => ({ x: step.factor, y: step.watched.machine })) },
    ],
    { title: 'CPU by process, cores (the machine: share of all its cores)', xLabel: load, yLabel: 'cores' },
  )
}

/** Of all runs, one after the other. */
function timelines(steps: readonly Noted[]): string {
  const samples = steps.flatMap(({ startedAtMs, watched }) =>
    watched.samples.map((sample) => ({ ...sample, at: (startedAtMs + sample.atMs) / 1_000 })),
  )
  const names = [...new Set(samples.flatMap(({ cores }) => Object.keys(cores)))]
  const lines = (of: (sample: (typeof samples)[number], name: string) => number): Line[] =>
    names.map((name) => ({ name, points: samples.map((sample) => ({ x: sample.at, y: of(sample, name) })) }))
  // Between two runs nothing was looked at.
  const options = { xLabel: 's since the start', yLabel: 'cores', gap: 2 }
  return [
    lineChart(
      lines(({ cores }, name) => cores[name] ?? Number.NaN),
      { ...options, title: 'CPU over time, in windows of load' },
    ),
    lineChart(
      lines(({ memoryBytes }, name) => (memoryBytes[name] ?? Number.NaN) / 2 ** 20),
      { ...options, title: 'Memory over time', yLabel: 'MiB' },
    ),
    lineChart([{ name: 'received', points: samples.map(({ at, networkMbits }) => ({ x: at, y: networkMbits })) }], {
      ...options,
      ...{ title: 'Network over time, all interfaces', yLabel: 'Mbit/s' },
    }),
  ].join('')
}

const runs = (steps: readonly Noted[]): string =>
  table(
    [
      'phase',
      'load',
      'rooms',
      'sessions',
      'message p99',
      'offer p99',
      'join p95',
      'loss',
      'errors',
      'event loop p99',
      'generator',
      'outcome',
    ],
    steps.map(({ phase, factor, load, sessions, figures, generator, outcome, breaks, faults, doubts, limit }) => [
      ...[phase, `× ${shown(factor)}`, String(load.rooms), String(sessions)],
      ...[figures.messageP99Ms, figures.offerP99Ms, figures.joinP95Ms].map((ms) => shown(ms ?? Number.NaN)),
      ...[figures.lossShare, figures.errorShare].map((share) => `${shown((share ?? Number.NaN) * 100)} %`),
      shown(figures.eventLoopP99Ms ?? Number.NaN),
      `${shown(generator.core)} core, late ${shown(generator.lateP99Ms)} ms`,
      [
        outcome,
        ...(outcome === 'held'
          ? []
          : [
              ...breaks.map(({ objective }) => objective),
              ...faults.slice(0, 2),
              ...(outcome === 'unproven' ? doubts : []),
            ]),
        ...(limit === undefined ? [] : [`most used: ${limit.resource} ${Math.round(limit.share * 100)} %`]),
      ].join('; '),
    ]),
  )

function demandTable({ demand }: Findings): string {
  const names = Object.keys(formulas) as (keyof typeof formulas)[]
  return table(
    ['figure', 'value', 'formula'],
    names.map((name) => [name, shown(demand[name]), formulas[name]]),
  )
}
