/** Pure: what a soak found, as a table and as one page with charts. */
import { escaped, lineChart, shown } from '../capacity/report/charts.ts'
import { style } from '../capacity/report/style.ts'
import { table } from '../capacity/report/table.ts'
import type { Machine } from '../machine.ts'
import type { Judged, Unit, Word } from './leaks.ts'

const mebibyte = 2 ** 20

/** As people read it: bytes as MiB. */
export const hourly = (value: number, unit: Unit): string =>
  !Number.isFinite(value) ? '–' : unit === 'bytes' ? `${shown(value / mebibyte)} MiB` : `${shown(value)} ${unit}`

const says: Readonly<Record<Judged['finding'], string>> = {
  leak: 'LEAK',
  none: 'does not grow',
  unproven: 'not proven',
  kept: 'may grow: what people have said',
}

const cells = ({ name, unit, samples, slope, low, high, tolerated, finding }: Judged): string[] => [
  name,
  hourly(samples.at(0)?.y ?? Number.NaN, unit),
  hourly(samples.at(-1)?.y ?? Number.NaN, unit),
  hourly(slope, unit),
  `${hourly(low, unit)} – ${hourly(high, unit)}`,
  hourly(tolerated, unit),
  says[finding],
]
const head = ['what', 'first', 'last', 'growth an hour', '95 % interval', 'tolerated', 'finding']

export function judgedTable(judged: readonly Judged[]): string {
  const rows = [head, ...judged.map(cells)]
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => `  ${row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join('  ')}`.trimEnd()).join('\n')
}

export interface About {
  readonly commit: string
  readonly machine: Machine
  readonly hours: number
  readonly load: number
  readonly cycles: number
  readonly faults: readonly string[]
}

export function soakPage(word: Word, judged: readonly Judged[], about: About): string {
  const { machine } = about
  const minutes = Math.max(...judged.map(({ samples }) => samples.at(-1)?.x ?? 0)) < 2
  const charts = judged.map(({ name, unit, samples, finding }) =>
    lineChart(
      [
        {
          name: unit === 'bytes' ? 'MiB' : unit,
          points: samples.map(({ x, y }) => ({ x: minutes ? x * 60 : x, y: unit === 'bytes' ? y / mebibyte : y })),
        },
      ],
      {
        ...{ title: `${name}: ${says[finding]}`, yLabel: unit === 'bytes' ? 'MiB' : unit },
        xLabel: minutes ? 'minutes' : 'hours',
      },
    ),
  )
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Soak: ${escaped(word)}</title><style>${style}</style></head><body>
<h1>Does a server that works on and on hold more and more?</h1>
<div class="verdict ${word === 'NO LEAK' ? 'LAUNCH' : word === 'LEAK' ? 'DO' : 'NOT'}"><strong>${escaped(word)}</strong>${about.cycles} loads and rests at × ${shown(about.load)} of the demand.${about.faults.map((fault) => `<br>${escaped(fault)}`).join('')}</div>
<p>Each look is in a rest, when nobody is connected and the server has collected its garbage. Growth is the median of the slopes between all pairs of looks (Theil, Sen), without the first quarter, with its 95 % interval. A leak is growth of which even the low end is more than is tolerated, and by a twentieth of what is there while it was looked at: a few minutes make a cache that fills look steep.</p>
${table(head, judged.map(cells))}
${charts.join('')}
<p><small>Commit ${escaped(about.commit)}; ${escaped(machine.cpu)}, ${machine.cores} cores; node ${escaped(machine.node)}, redis ${escaped(machine.redis)}, mediasoup ${escaped(machine.mediasoup)}.</small></p>
</body></html>
`
}
