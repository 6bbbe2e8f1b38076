/** Pure: what a load cost: processes, resources, and how that went over time. */
import { resources } from '../limits.ts'
import type { Noted } from '../measure.ts'
import type { Limits } from '../objectives.ts'
import { allStalls, worthKeepingMs } from '../redis-stalls.ts'
import type { Sample } from '../resources.ts'
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
    heldUp(samples, over),
    over('Network over time, all interfaces', 'Mbit/s', [line('received', ({ networkMbits }) => networkMbits)]),
  ].join('')
}

type At = Sample & { readonly at: number }

/** A latency that jumps in one window has its cause here, when Redis was not there for anybody meanwhile. */
function heldUp(samples: readonly At[], over: (title: string, yLabel: string, of: readonly Line[]) => string): string {
  const looked = samples.flatMap(({ at, stalls }) => (stalls === undefined ? [] : [{ at, ...stalls }]))
  if (looked.length === 0) return '<p>What holds Redis up besides commands was not measured: it is elsewhere.</p>'
  const kinds = [...new Set(looked.flatMap(({ longestMs }) => Object.keys(longestMs)))].sort()
  const rewritten = looked.filter(({ rewriting, rewrites }) => rewriting || rewrites > 0)
  const { rewrites, delayedFsyncs, longestMs } = allStalls(looked)
  // Above all of them, to be seen beside them.
  const most = 1.1 * Math.max(worthKeepingMs, ...Object.values(longestMs))
  return [
    `<p>Redis began to rewrite its log ${rewrites} times, and put off ${delayedFsyncs} flushes because the disk was busy. What takes it ${worthKeepingMs} ms and more is drawn by its own names: <code>aof-fsync-always</code> and <code>aof-write</code> are the disk, <code>fork</code> begins a rewrite, <code>command</code> is a command that was slow itself.</p>`,
    over('What held Redis up over time, the longest of each half second', 'ms', [
      { name: 'log rewritten', points: rewritten.flatMap(({ at }) => [at - 0.5, at].map((x) => ({ x, y: most }))) },
      ...kinds.map((kind) => ({
        name: kind,
        points: looked.map(({ at, longestMs }) => ({ x: at, y: longestMs[kind] ?? 0 })),
      })),
      ...(kinds.length === 0 ? [{ name: 'nothing', points: looked.map(({ at }) => ({ x: at, y: 0 })) }] : []),
    ]),
  ].join('')
}

const partsOf = (steps: readonly Noted[]): string[] => [
  ...new Set(steps.flatMap(({ watched }) => Object.keys(watched.cores))),
]
