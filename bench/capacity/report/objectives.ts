/** Pure: each objective beside what was measured of it: where the load was carried, and where it no longer was. */

import { median } from '../../statistics.ts'
import type { Findings } from '../findings.ts'
import type { Noted } from '../measure.ts'
import { type ObjectiveName, objectiveNames, objectives } from '../objectives.ts'
import { shown, times } from './charts.ts'
import { table } from './table.ts'

export function objectivesTable({ options, measurement }: Findings): string {
  const { steps, storms, capacity } = measurement
  const runs = [...steps, ...storms]
  const carried = runs.filter(({ outcome, factor }) => outcome === 'held' && factor <= (capacity?.factor.low ?? 0))
  const most = Math.max(...carried.map(({ factor }) => factor))
  const inside = carried.filter(({ factor, phase }) => factor === most || phase === 'storm')
  const beyond = runs.filter(({ outcome }) => outcome === 'broken')
  const least = Math.min(...beyond.map(({ factor }) => factor))
  const outside = beyond.filter(({ factor }) => factor === least)
  const column = (name: string, of: readonly Noted[], factor: number) =>
    of.length === 0 ? `${name}: no run` : `${name}, at ${times(factor)}`
  return table(
    [
      ...['objective', 'at most', column('carried', inside, most), column('first not carried', outside, least)],
      ...['broken in', 'what it is'],
    ],
    objectiveNames.map((name) => [
      ...[name, figure(name, options.limits[name]), middle(name, inside), middle(name, outside)],
      told(runs.filter(({ breaks }) => breaks.some(({ objective }) => objective === name)).length),
      objectives[name].meaning,
    ]),
  )
}

const told = (runs: number): string => (runs === 0 ? '–' : `${runs} ${runs === 1 ? 'run' : 'runs'}`)

/** Of those runs that measured it. */
function middle(name: ObjectiveName, runs: readonly Noted[]): string {
  const values = runs.flatMap(({ figures }) => figures[name] ?? [])
  return values.length === 0 ? '–' : figure(name, median(values))
}

/** As people read it: shares in hundredths. */
function figure(name: ObjectiveName, value: number): string {
  const { unit } = objectives[name]
  if (unit === 'share') return `${shown(value * 100)}\u00a0%`
  return `${shown(value)}\u00a0${unit}`
}
