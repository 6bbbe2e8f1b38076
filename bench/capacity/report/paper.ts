/** Pure: the nation on paper: what was measured of a unit, the formula, and what more people would take. */
import { formula, nationOf, nodesFormula } from '../extrapolation.ts'
import type { Findings } from '../findings.ts'
import { count } from '../progress.ts'
import { neverMeasured } from '../unmeasured.ts'
import { webrtcCost } from '../webrtc-cost.ts'
import { escaped, shown } from './charts.ts'
import { table } from './table.ts'

export function paper(findings: Findings): string {
  const { margin, limits, nodeCost } = findings.options
  const { units, people } = nationOf(findings)
  if (units.length === 0) return '<p>Nothing was carried, so nothing can be said.</p>'
  const rows = people.map(({ volunteers, rooms, sessions, cores, nodes }) => [
    ...[count(volunteers), count(rooms), count(sessions)],
    ...units.map(({ name }) => range(cores[name])),
    range(nodes),
    nodes === undefined ? '–' : count(nodes.high * nodeCost),
  ])
  return [
    '<p>Arithmetic, and no measurement. Each unit costs what it did in the runs that were held, with the fixed cost of a process in it.</p>',
    `<p>A room of real browsers is counted as ${shown(webrtcCost)} rooms of the measurement: what <code>npm run bench -- rooms</code> found (<code>webrtc_vs_synthetic_cpu</code>).</p>`,
    table(
      ['unit', 'cost', '95 % interval', 'runs'],
      units.map(({ name, cost, runs }) => [
        name,
        `${shown(cost.value * 1_000)} thousandths of a core`,
        `${shown(cost.low * 1_000)} – ${shown(cost.high * 1_000)}`,
        String(runs),
      ]),
    ),
    `<p>${escaped(formula)}: margin ${shown(margin)}, share ${shown(limits.cpuShare)}, from both ends of the interval. One node has one event loop, one Redis one core, a worker one core. Rooms and sessions follow from the model of the demand with these parameters.<br>${escaped(nodesFormula)}, from both ends of the interval of the capacity: nodes like this one, which share the load evenly.</p>`,
    table(
      [
        'volunteers',
        'rooms',
        'sessions',
        ...units.map(({ name }) => name.replace(/ per .*/, 's')),
        'nodes like this one',
        'a month at most',
      ],
      rows,
    ),
    `<p>In none of this: ${escaped(neverMeasured.join('; '))}; nodes beside each other on one Redis, unless several were measured.</p>`,
  ].join('')
}

function range(bounds: { readonly low: number; readonly high: number } | undefined): string {
  if (bounds === undefined) return '–'
  const { low, high } = bounds
  return low === high ? count(low) : `${count(low)} – ${count(high)}`
}
