/** Pure: how soon everybody was back after all connections had been cut at once. */
import { merge, percentileMs } from '../../latency.ts'
import type { Noted } from '../measure.ts'
import type { Limits } from '../objectives.ts'
import { lineChart, shown, times } from './charts.ts'
import { table } from './table.ts'

const percents = [0, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 99.5, 100]

export function storms(those: readonly Noted[], limits: Limits): string {
  if (those.length === 0) return '<p>Nobody was cut: how soon everybody comes back was not measured.</p>'
  const curves = those.map(({ factor, latencies }) => {
    const histogram = merge([latencies.recovery.histogram])
    return {
      name: times(factor),
      points: percents.map((percent) => ({ x: percentileMs(histogram, percent) / 1_000, y: percent })),
    }
  })
  return [
    '<p>In the middle of a run at 0.9 of the low end of the interval, the network under every session was gone at once. Messages and callbacks went on being due, and rooms went on.</p>',
    lineChart(curves, {
      ...{
        title: `Sessions that are open again, with all they had missed (objective: 99 % within ${shown(limits.recoveryP99Ms / 1_000)} s)`,
      },
      ...{ xLabel: 's since the cut', yLabel: '%' },
    }),
    ...those.map(({ factor, startedAtMs: _, storm, watched }) =>
      lineChart(
        Object.keys(watched.cores).map((name) => ({
          name,
          points: watched.samples.map(({ atMs, cores }) => ({ x: atMs / 1_000, y: cores[name] ?? Number.NaN })),
        })),
        {
          ...{
            title: `CPU during the storm at ${times(factor)}`,
            xLabel: 's since the start of the load',
            yLabel: 'cores',
          },
          marks: [{ x: (storm?.atMs ?? 0) / 1_000, name: 'cut' }],
        },
      ),
    ),
    table(
      [
        'load',
        'cut',
        'back',
        'p50',
        'p95',
        'p99',
        'last',
        'media lost',
        'acts told to try later',
        'lost or doubled',
        'outcome',
      ],
      those.map(({ factor, storm, latencies: { recovery }, figures, faults, outcome }) => [
        ...[times(factor), String(storm?.severed ?? 0), String(storm?.back ?? 0)],
        ...[recovery.p50Ms, recovery.p95Ms, recovery.p99Ms, recovery.maxMs].map((ms) => `${shown(ms / 1_000)} s`),
        ...[
          `${shown((figures.lossShare ?? Number.NaN) * 100)} %`,
          String(storm?.failed ?? 0),
          String(faults.length),
          outcome,
        ],
      ]),
    ),
  ].join('')
}
