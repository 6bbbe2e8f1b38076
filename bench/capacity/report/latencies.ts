/** Pure: how soon things came, by load, and how often each latency did. */
import { binsOf, type Histogram, merge, percentileMs } from '../../latency.ts'
import type { Findings } from '../findings.ts'
import type { Noted } from '../measure.ts'
import { count } from '../progress.ts'
import { barChart, type Line, lineChart, shown } from './charts.ts'
import { load, marksOf } from './load-axis.ts'
import { table } from './table.ts'

type Latencies = Noted['latencies']
type Of = keyof Pick<Latencies, 'message' | 'offer' | 'join' | 'signIn'>

export function latencies(steps: readonly Noted[], { options, measurement }: Findings): string {
  const { messageP99Ms, offerP99Ms, joinP95Ms } = options.limits
  const marks = marksOf(measurement.capacity)
  const by = (of: Of, name: string, pick: (latency: Latencies[Of]) => number): Line => ({
    name,
    points: steps.map(({ factor, latencies }) => ({ x: factor, y: pick(latencies[of]) })),
  })
  const p99 = (of: Of) => by(of, 'p99', ({ p99Ms }) => p99Ms)
  const p95 = (of: Of) => by(of, 'p95', ({ p95Ms }) => p95Ms)
  const p50 = (of: Of) => by(of, 'p50', ({ p50Ms }) => p50Ms)
  const chart = (title: string, lines: Line[], limit?: { readonly y: number; readonly name: string }) =>
    lineChart(lines, {
      title,
      xLabel: load,
      yLabel: 'ms',
      ...(limit === undefined ? {} : { limit }),
      marks,
      band: true,
    })
  const held = steps.filter(({ outcome }) => outcome === 'held')
  const all = (of: Of) => merge(held.map(({ latencies }) => latencies[of].histogram))
  const [messages, offers, joins, signIns] = [all('message'), all('offer'), all('join'), all('signIn')]
  return [
    '<p>Lines are the medians of the runs at a load, bands reach from the least to the most of them.</p>',
    chart('Messages, from due until the other has them', [p99('message'), p50('message')], {
      ...{ y: messageP99Ms, name: 'objective p99' },
    }),
    chart('Callbacks, from due until the advisor hears of the offer', [p99('offer'), p50('offer')], {
      ...{ y: offerP99Ms, name: 'objective p99' },
    }),
    chart('Joins, from due to the first picture', [p95('join'), p50('join')], {
      ...{ y: joinP95Ms, name: 'objective p95' },
    }),
    chart('Sign-ins, from connecting until the session is open', [p99('signIn'), p50('signIn')]),
    distribution('Messages', messages),
    distribution('Joins', joins),
    table(
      ['of all runs that were held', 'count', ...percents.map((percent) => (percent === 100 ? 'most' : `p${percent}`))],
      [
        ...[row('messages', messages), row('callbacks offered', offers)],
        ...[row('joins', joins), row('sign-ins', signIns)],
      ],
    ),
  ].join('')
}

const percents = [50, 75, 90, 95, 99, 99.9, 100]

const row = (name: string, histogram: Histogram): string[] => [
  ...[name, count(histogram.totalCount)],
  ...percents.map((percent) => `${shown(percentileMs(histogram, percent))} ms`),
]

/** The histogram itself: a tail or a second hill is not to be seen in percentiles. */
function distribution(of: string, histogram: Histogram): string {
  const title = `${of} of all runs that were held (${count(histogram.totalCount)}): how many took how long`
  return barChart(
    binsOf(histogram).map(({ from, to, count }) => ({
      ...{ name: `${shown(from)}–${shown(to)}`, value: (100 * count) / histogram.totalCount },
    })),
    { title, xLabel: 'ms; each bar is about half as wide again as the one before', yLabel: '%' },
  )
}
