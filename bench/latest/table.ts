/** Pure: the part of bench/README.md that tells the newest results. */
import type { Report } from '../report.ts'
import type { Metric, Ratio } from '../scenario.ts'
import { headlines } from './headlines.ts'
import { nameOf } from './kept.ts'

const [begin, end] = ['<!-- results: npm run bench -- results writes what follows -->', '<!-- /results -->']

/** @throws Error when the file has no place for it. */
export function withSection(readme: string, text: string): string {
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)]
  if (from < 0 || to < from) throw new Error('bench/README.md has no place for results')
  return `${readme.slice(0, from + begin.length)}\n\n${text}\n${readme.slice(to)}`
}

export function section(reports: readonly Report[]): string {
  if (reports.length === 0) return 'No result is kept yet.\n'
  const ratios = reports.flatMap((report) =>
    Object.entries(report.ratios).map(([name, ratio]) => ratioRow(nameOf(report), name, ratio)),
  )
  const figures = reports.flatMap((report) =>
    headlines(report).map(([name, metric]) => figureRow(nameOf(report), name, metric)),
  )
  return [
    ...(ratios.length === 0
      ? []
      : [
          '![Ratios to peers and to the floor](latest/ratios.svg)\n',
          table(['scenario', 'ratio', 'median', '95 % interval', 'better', 'pairs'], ratios),
        ]),
    table(['scenario', 'figure', 'median', '95 % interval', 'unit', 'better', 'repeats'], figures),
    table(['scenario', 'verdict', 'commit', 'machine', 'versions'], reports.map(about)),
  ].join('\n')
}

const ratioRow = (scenario: string, name: string, { value, low, high, better, pairs }: Ratio): string[] => [
  ...[scenario, `\`${name}\``, `× ${shown(value)}`, interval(low, high, pairs), better, String(pairs)],
]

const figureRow = (scenario: string, name: string, { value, low, high, unit, better, values }: Metric): string[] => [
  ...[scenario, `\`${name}\``, shown(value), interval(low, high, values.length, value), unit, better],
  String(values.length),
]

function about(report: Report): string[] {
  const { cpu, cores, memoryBytes, node, redis, mediasoup } = report.machine
  const machine = `${cpu}, ${cores} cores, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB`
  const beside = Object.entries(report.versions ?? {}).map((pair) => pair.join(' '))
  const versions = [`node ${node}`, `redis ${redis}`, `mediasoup ${mediasoup}`, ...beside]
  return [nameOf(report), report.verdict ?? '', report.commit, machine, [...new Set(versions)].join(', ')]
}

/** One repeat has none. A slope has an interval of its own, however often it was measured. */
const interval = (low: number, high: number, repeats: number, value = low): string =>
  repeats < 2 && low === value && high === value ? 'none: one repeat' : `${shown(low)} – ${shown(high)}`

const shown = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((row) => `| ${row.map(cell).join(' | ')} |`)
    .join('\n')
    .concat('\n')

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
