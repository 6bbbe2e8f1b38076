/** `npm run bench -- results [file…]`: keeps results that `--json` wrote, and writes the table and the chart of bench/README.md. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { failedChecks, type Report } from '../report.ts'
import { ratioChart } from './chart.ts'
import { keptReport, nameOf } from './kept.ts'
import { section, withSection } from './table.ts'

export const resultsUsage = `npm run bench -- results [FILE …] [--check]
  Keeps each result of these files, as --json wrote them, in bench/latest/results, in the place of an earlier one of the same
  scenario, and writes the table and the chart of bench/README.md from all that are kept.
  --check  writes nothing; exit code 1 when README and chart are not what is kept`

/** Where results are kept, and what tells of them. */
export interface Place {
  readonly folder: string
  readonly readme: string
  readonly chart: string
}

const here: Place = {
  folder: fileURLToPath(new URL('results', import.meta.url)),
  readme: fileURLToPath(new URL('../README.md', import.meta.url)),
  chart: fileURLToPath(new URL('ratios.svg', import.meta.url)),
}

/** @returns the exit code. @throws Error for a file that holds no result, or one whose check failed. */
export async function resultsCommand(argv: readonly string[], say: (line: string) => void): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    say(resultsUsage)
    return 0
  }
  const isCheck = argv.includes('--check')
  const files = argv.filter((word) => word !== '--check')
  const wrong = files.find((word) => word.startsWith('-')) ?? (isCheck ? files[0] : undefined)
  if (wrong !== undefined) throw new Error(`${wrong} is not taken here\n${resultsUsage}`)
  if (!isCheck) return keepReports((await Promise.all(files.map(reportsOf))).flat(), say)
  const { before, after, picture } = await shown(here)
  const isSame = before === after && (await readFile(here.chart, 'utf8').catch(() => '')) === picture
  say(
    isSame
      ? '  bench/README.md is what is kept'
      : '  bench/README.md is not what is kept: run npm run bench -- results',
  )
  return isSame ? 0 : 1
}

/**
 * Keeps these in the place of earlier ones, and tells of all that are kept.
 * @returns the exit code. @throws Error for one that may not be shown.
 */
export async function keepReports(
  reports: readonly Report[],
  say: (line: string) => void,
  place: Place = here,
): Promise<number> {
  for (const report of reports) {
    keptReport(report, 'what was measured')
    await writeFile(join(place.folder, `${nameOf(report)}.json`), `${JSON.stringify(report, null, 2)}\n`)
    say(`  ${nameOf(report)}: commit ${report.commit}`)
  }
  const { count, after, picture } = await shown(place)
  await Promise.all([writeFile(place.readme, after), writeFile(place.chart, picture)])
  say(`  bench/README.md tells of ${count} results`)
  return 0
}

/** Of what has just been measured. */
export async function keepMeasured(report: Report, say: (line: string) => void): Promise<void> {
  const failed = failedChecks(report)
  if (failed.length === 0) await keepReports([report], say)
  else say(`  not kept: ${failed.join(', ')}`)
}

async function shown({ folder, readme }: Place) {
  const [kept, before] = [await keptReports(folder), await readFile(readme, 'utf8')]
  return { count: kept.length, before, after: withSection(before, section(kept)), picture: ratioChart(kept) }
}

async function reportsOf(file: string): Promise<Report[]> {
  const found: unknown = JSON.parse(await readFile(file, 'utf8'))
  return (Array.isArray(found) ? found : [found]).map((report: unknown) => keptReport(report, file))
}

async function keptReports(folder: string): Promise<Report[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort()
  return (await Promise.all(names.map((name) => reportsOf(join(folder, name))))).flat()
}
