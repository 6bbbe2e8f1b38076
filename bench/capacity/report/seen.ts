/** Pure: what people in real browsers saw, over time and run by run. */
import type { Noted } from '../measure.ts'
import type { Limits } from '../objectives.ts'
import { figuresOf, frozenShare, type Moment, pageNames, type Sight } from '../sight.ts'
import { type Line, lineChart, shown, times } from './charts.ts'
import { table } from './table.ts'

/** Moments further apart were in different visits (s). */
const gap = 1.5

interface Looked extends Noted {
  readonly sight: Sight
}
const looked = (step: Noted): step is Looked => step.sight !== undefined

export function seen(steps: readonly Noted[], limits: Limits): string {
  const those = steps.filter(looked)
  if (those.length === 0) return '<p>No real browser looked: what a person sees was not measured.</p>'
  const over = (of: (moment: Moment) => number): Line[] =>
    pageNames.map((name) => ({
      name: `page that ${name === 'waiting' ? 'waits' : 'joins'}`,
      points: those.flatMap(({ startedAtMs, sight }) =>
        sight.moments
          .filter(({ page }) => page === name)
          .map((moment) => ({ x: (startedAtMs + moment.atMs) / 1_000, y: of(moment) })),
      ),
    }))
  const time = { xLabel: 's since the start', gap }
  const byLoad = (of: (sight: Sight) => number[]) =>
    those.flatMap(({ factor, sight }) => of(sight).map((y) => ({ x: factor, y })))
  return [
    lineChart(over(frozenShare), {
      ...time,
      ...{ title: 'Freezes over time: share of each half second in which the picture stood still', yLabel: 'share' },
      ...{ limit: { y: limits.freezeShare, name: 'objective, over a run' } },
    }),
    lineChart(
      over(({ frames, ms }) => (frames * 1_000) / ms),
      { ...time, title: 'Pictures a second over time', yLabel: 'pictures a second' },
    ),
    lineChart(
      [
        { name: 'first picture', points: byLoad(({ visits }) => visits.map(({ firstFrameMs }) => firstFrameMs)) },
        { name: 'in the room', points: byLoad(({ visits }) => visits.map(({ joinMs }) => joinMs)) },
      ],
      {
        ...{ title: 'Joins of the real browser, from pressing join', xLabel: 'load, times the demand', yLabel: 'ms' },
        ...{ limit: { y: limits.firstFrameP95Ms, name: 'objective p95' }, band: true },
      },
    ),
    table(
      [
        'load',
        'outcome',
        'visits',
        'joined p50',
        'first picture p50',
        'p95',
        'frozen',
        'pictures a second',
        'sound made up',
        'browser',
      ],
      those.map(({ factor, outcome, sight }) => {
        const figures = figuresOf(sight)
        return [
          ...[times(factor), outcome, String(figures.visits)],
          ...[figures.joinP50Ms, figures.firstFrameP50Ms, figures.firstFrameP95Ms].map((ms) => `${shown(ms)} ms`),
          ...[`${shown(figures.freezeShare * 100)} %`, shown(figures.framesPerSecond)],
          ...[`${shown(figures.concealedShare * 100)} %`, `${shown(sight.core)} core`],
        ]
      }),
    ),
  ].join('')
}
