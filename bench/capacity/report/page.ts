/** Pure: the report, one file without anything from elsewhere, to be read on a screen or printed. */
import regions from '../../../config/regions.json' with { type: 'json' }
import type { Certificate } from '../../../src/capacity/certificate.ts'
import { formulas, units } from '../demand.ts'
import type { Findings } from '../findings.ts'
import type { Noted } from '../measure.ts'
import { count } from '../progress.ts'
import { stallsSaid } from '../redis-stalls.ts'
import { neverMeasured } from '../unmeasured.ts'
import { escaped, shown, times } from './charts.ts'
import { latencies } from './latencies.ts'
import { objectivesTable } from './objectives.ts'
import { paper } from './paper.ts'
import { searched } from './searched.ts'
import { seen } from './seen.ts'
import { storms } from './storms.ts'
import { style } from './style.ts'
import { table } from './table.ts'
import { inUse, timelines } from './use.ts'

export function reportPage(findings: Findings, certificate: Certificate): string {
  const { options, verdict, measurement, about } = findings
  const { steps } = measurement
  const place = regions.find(({ id }) => id === options.region)?.name ?? options.region
  const title = `Capacity of ${place}: ${verdict.word}`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${style}</style></head><body>
<h1>Can this deployment serve ${escaped(place)} with ${count(options.parameters.volunteers)} volunteers of ${count(options.parameters.registered)} registered?</h1>
<div class="verdict ${verdict.word.split(' ')[0]}"><strong>${verdict.word}</strong>${[...verdict.why, `limit: ${verdict.limitedBy}`].map((line) => `${escaped(line.replaceAll('× ', '×\u00a0'))}.`).join('<br>')}</div>
${tiles(findings)}
<h2>How it was found</h2>
${searched(findings)}
<h2>Objectives</h2>
${objectivesTable(findings)}
<h2>Latency by load</h2>
${latencies(steps, findings)}
<h2>What was in use</h2>
${inUse(steps, options.limits)}
${timelines(steps)}
<h2>What a person saw</h2>
${seen(steps, options.limits)}
<h2>Everybody comes back at once</h2>
${storms(measurement.storms, options.limits)}
<h2>All runs</h2>
${runs([...steps, ...measurement.storms])}
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
${shown(about.machine.memoryBytes / 2 ** 30)} GiB; Visavis ${escaped(about.version)}, node ${escaped(about.machine.node)}, redis ${escaped(about.machine.redis)}, mediasoup ${escaped(about.machine.mediasoup)}${about.browser === undefined ? '' : `, ${escaped(about.browser)}`}; machine ${about.fingerprint}.<br>
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
      limit === undefined ? 'none was met' : `${limit.resource} ${Math.round(limit.share * 100)} %`,
    ),
    tile('nodes to add', nodesToAdd === undefined ? '–' : String(nodesToAdd)),
    tile('cost a month per 1,000', costPer1000 === undefined ? '–' : shown(costPer1000)),
  ].join('')}</div>`
}

const runs = (steps: readonly Noted[]): string =>
  table(
    [
      'phase',
      'load',
      'rooms',
      'sessions',
      'message p99, ms',
      'offer p99, ms',
      'join p95, ms',
      'loss',
      'errors',
      'event loop p99, ms',
      'generator',
      'outcome',
    ],
    steps.map(
      ({ phase, factor, load, sessions, figures, generator, outcome, breaks, faults, doubts, most, watched }) => [
        ...[phase, times(factor), String(load.rooms), String(sessions)],
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
          ...stallsSaid(watched.samples),
          ...(most === undefined ? [] : [`most used: ${most.resource} ${Math.round(most.share * 100)} %`]),
        ].join('; '),
      ],
    ),
  )

function demandTable({ demand }: Findings): string {
  const names = Object.keys(formulas) as (keyof typeof formulas)[]
  return table(
    ['figure', 'value', 'formula'],
    names.map((name) => [
      name,
      units[name] === 'share' ? `${shown(demand[name] * 100)} %` : `${shown(demand[name])} ${units[name]}`,
      formulas[name],
    ]),
  )
}
