/** Pure: what a load cost: processes, resources, and how that went over time. */
import { resources } from '../limits.ts'
import type { Noted } from '../measure.ts'
import type { Limits } from '../objectives.ts'
import { type Line, lineChart } from './charts.ts'
import { load } from './load-axis.ts'

export function inUse(steps: readonly Noted[], limits: Limits): string {
  const names = partsOf(steps)
  const by = (name: string, of: (step: Noted) => number | undefined): Line => ({
    name,
    points: steps.map((step) => ({ x: step.factor, y: of(step) ?? Number.NaN })),
  })
  return [
    '<p>What is near its end (from 70 % on) when objectives break is the limiting resource. The load generator is among them: when it is full, a break is no evidence.</p>',
    lineChart(
      resources
        .map((resource) => by(resource, ({ uses }) => uses[resource]))
        .map(({ name, points }) => ({ name, points: points.map(({ x, y }) => ({ x, y: y * 100 })) })),
      {
        ...{ title: 'Share of each resource in use: of one core, or of what there is', xLabel: load, yLabel: '%' },
        ...{ limit: { y: limits.cpuShare * 100, name: 'objective of worker, event loop, Redis' }, band: true },
      },
    ),
    lineChart(
      names.map((name) => by(name, ({ watched }) => watched.cores[name])),
      { title: 'CPU by process', xLabel: load, yLabel: 'cores', band: true },
    ),
    lineChart(
      [
        by('everybody', ({ watched }) => watched.machine * 100),
        by('other programs', ({ watched }) => watched.others * 100),
        by('kernel threads', ({ watched }) => watched.kernel * 100),
      ],
      { title: 'The machine that measured: share of all its cores in use', xLabel: load, yLabel: '%', band: true },
    ),
  ].join('')
}

/** Of all runs, one after the other. */
export function timelines(steps: readonly Noted[]): string {
  const samples = steps.flatMap(({ startedAtMs, watched }) =>
    watched.samples.map((sample) => ({ ...sample, at: (startedAtMs + sample.atMs) / 1_000 })),
  )
  const names = partsOf(steps)
  const lines = (of: (sample: (typeof samples)[number], name: string) => number): Line[] =>
    names.map((name) => ({ name, points: samples.map((sample) => ({ x: sample.at, y: of(sample, name) })) }))
  const line = (name: string, of: (sample: (typeof samples)[number]) => number): Line => ({
    name,
    points: samples.map((sample) => ({ x: sample.at, y: of(sample) })),
  })
  // Between two runs nothing was looked at.
  const options = { xLabel: 's since the start; a gap is between two runs', gap: 2 }
  const over = (title: string, yLabel: string, of: readonly Line[]) => lineChart(of, { ...options, title, yLabel })
  return [
    over('Load over time', load, [
      line('load', ({ at }) => steps.findLast(({ startedAtMs }) => startedAtMs / 1_000 <= at)?.factor ?? Number.NaN),
    ]),
    over(
      'CPU of each process over time',
      'cores',
      lines(({ cores }, name) => cores[name] ?? Number.NaN),
    ),
    over('The machine over time: share of all its cores in use', '%', [
      line('everybody', ({ machine }) => machine * 100),
      line('other programs', ({ others }) => others * 100),
      line('kernel threads', ({ kernel }) => kernel * 100),
    ]),
    over(
      'Memory of each process over time',
      'MiB',
      lines(({ memoryBytes }, name) => (memoryBytes[name] ?? Number.NaN) / 2 ** 20),
    ),
    over('Network over time, all interfaces', 'Mbit/s', [line('received', ({ networkMbits }) => networkMbits)]),
  ].join('')
}

const partsOf = (steps: readonly Noted[]): string[] => [
  ...new Set(steps.flatMap(({ watched }) => Object.keys(watched.cores))),
]
