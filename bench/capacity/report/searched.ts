/** Pure: every run in the order in which it was made, and what it proved: how the interval came about. */
import type { Findings } from '../findings.ts'
import type { Noted } from '../measure.ts'
import type { Outcome } from '../outcome.ts'
import { axes, escaped, framed, last, size, ticks } from './charts.ts'

const { width, height, left, right, top, bottom } = size
/** By their shape as well: a printed page may have no colours. */
const looks: Readonly<Record<Outcome, { readonly colour: string; readonly means: string }>> = {
  held: { colour: '#18753c', means: 'held' },
  broken: { colour: '#a3123d', means: 'broken' },
  unproven: { colour: '#8a6d00', means: 'unproven' },
}

export function searched({ options, measurement }: Findings): string {
  const runs = [...measurement.steps, ...measurement.storms]
  if (runs.length === 0) return '<p>No run was made.</p>'
  const required = 1 + options.margin
  const factor = measurement.capacity?.factor
  const upwards = ticks(Math.max(required, factor?.high ?? 0, ...runs.map((run) => run.factor)))
  const x = (n: number) => left + ((n + 0.5) / runs.length) * (width - left - right)
  const y = (value: number) => height - bottom - (value / last(upwards)) * (height - top - bottom)
  const across = (at: number, look: string, name: string) =>
    `<path d="M${left} ${y(at)}H${width - right}" class="${look}"/><text x="${width - right + 6}" y="${y(at) + 4}">${escaped(name)}</text>`
  const interval =
    factor === undefined
      ? ''
      : `<rect x="${left}" width="${width - left - right}" y="${y(factor.high)}" height="${Math.max(1, y(factor.low) - y(factor.high))}" class="interval"/>`
  const key = Object.entries(looks).map(([outcome, { means }], n) => {
    const at = height - bottom - 44 + n * 17
    return `${symbol(outcome as Outcome, width - right + 16, at)}<text x="${width - right + 28}" y="${at + 4}">${means}</text>`
  })
  const phases = runs.flatMap(({ phase }, n) =>
    phase === runs[n - 1]?.phase
      ? []
      : [
          `<path d="M${x(n - 0.5)} ${height - bottom}v6" class="tick"/><text x="${x(n - 0.5) + 3}" y="${height - bottom + (n % 2 === 0 ? 15 : 27)}">${escaped(phase)}</text>`,
        ],
  )
  const chart = framed({ title: 'Every run, in the order made', xLabel: '', yLabel: 'load, times the demand' }, [
    ...[interval, ...axes({ across: [], upwards, x, y, end: width - right })],
    across(required, 'limit', options.margin === 0 ? 'demand' : 'with its margin'),
    ...(options.margin === 0 ? [] : [across(1, 'mark', 'demand')]),
    ...runs.map((run, n) => symbol(run.outcome, x(n), y(run.factor))),
    ...[...phases, ...key],
  ])
  return `<p>${escaped(sentence(runs, findingOf(measurement.capacity)))}</p>${chart}`
}

const findingOf = (capacity: Findings['measurement']['capacity']): string =>
  capacity === undefined
    ? 'No interval could be found.'
    : `The shaded interval is that of the median of ${capacity.repeats} searches (95 %, bootstrap), from what was held to what was not.`

const sentence = (runs: readonly Noted[], finding: string): string => {
  const number = (outcome: Outcome) => runs.filter((run) => run.outcome === outcome).length
  return `${runs.length} runs, each with fresh sessions and rooms: ${number('held')} held every objective, ${number('broken')} broke one, ${number('unproven')} prove nothing. ${finding}`
}

function symbol(outcome: Outcome, x: number, y: number): string {
  const { colour } = looks[outcome]
  if (outcome === 'held') return `<circle cx="${x}" cy="${y}" r="5" fill="${colour}"/>`
  if (outcome === 'unproven')
    return `<circle cx="${x}" cy="${y}" r="4.5" fill="#fff" stroke="${colour}" stroke-width="2"/>`
  return `<path d="M${x - 5} ${y - 5}l10 10m0 -10l-10 10" stroke="${colour}" stroke-width="2.5" fill="none"/>`
}
