/** Pure: the nation on paper: what was measured of a unit, the formula, and what more people would take. */
import { formula, onPaper, unitsOf } from '../extrapolation.ts'
import type { Findings } from '../findings.ts'
import { count } from '../progress.ts'
import { neverMeasured } from '../unmeasured.ts'
import { webrtcCost } from '../webrtc-cost.ts'
import { escaped, shown } from './charts.ts'
import { table } from './table.ts'

/** The target that was published, and everybody in guided follow-up (parameters.ts says where). */
const nations = [30_000, 100_000, 1_483_000]

export function paper({ options, measurement, verdict }: Findings): string {
  const { parameters, margin, limits, nodeCost } = options
  const { capacity } = verdict
  const units = unitsOf(measurement.steps, webrtcCost)
  if (units.length === 0) return '<p>Nothing was carried, so nothing can be said.</p>'
  const range = (bounds: { readonly low: number; readonly high: number } | undefined) =>
    bounds === undefined
      ? '–'
      : bounds.low === bounds.high
        ? count(bounds.low)
        : `${count(bounds.low)} – ${count(bounds.high)}`
  const nodes = Math.max(1, options.nodes.length)
  const needed = (volunteers: number, carried: number) => Math.ceil((volunteers * (1 + margin)) / (carried / nodes)) + 1
  const rows = [...new Set([parameters.volunteers, ...nations])].map((volunteers) => {
    const { rooms, sessions, cores } = onPaper(volunteers, { units, parameters, margin, cpuShare: limits.cpuShare })
    const isKnown = capacity !== undefined && capacity.low > 0
    const [few, many] = isKnown ? [needed(volunteers, capacity.high), needed(volunteers, capacity.low)] : []
    return [
      ...[count(volunteers), count(rooms), count(sessions)],
      ...units.map(({ name }) => range(cores[name])),
      few === undefined || many === undefined ? '–' : range({ low: few, high: many }),
      many === undefined ? '–' : count(many * nodeCost),
    ]
  })
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
    `<p>${escaped(formula)}: margin ${shown(margin)}, share ${shown(limits.cpuShare)}, from both ends of the interval. One node has one event loop, one Redis one core, a worker one core. Rooms and sessions follow from the model of the demand with these parameters.<br>nodes = ⌈volunteers × (1 + margin) ÷ volunteers carried by a node⌉ + 1, from both ends of the interval of the capacity: nodes like this one, which share the load evenly.</p>`,
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
