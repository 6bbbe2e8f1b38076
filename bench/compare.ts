/** Pure: two results of one scenario beside each other. They were measured apart, so that their repeats form no pairs. */
import { ranksOf } from './rank-sum.ts'
import type { Report } from './report.ts'
import type { Metric } from './scenario.ts'
import { type Estimate, median } from './statistics.ts'

export interface Comparison extends Estimate {
  readonly figure: string
  /** Of what the new result is to the old one; `unproven`: too few repeats, or nothing to divide by. */
  readonly change: 'better' | 'worse' | 'none' | 'unproven'
}

/** Chance that a figure that has not changed is called changed: 1 less the level of the interval. */
const mistaken = 0.05

/**
 * New to old: the median of the ratios of all pairs, and its 95 % interval, which is the one of the rank-sum test (Hodges and
 * Lehmann 1963; Mann and Whitney 1947). It supposes nothing about how figures scatter, and says "changed" of what has not changed
 * in at most 1 of 20 cases however few repeats there are; with less than four it has no end, because they cannot prove that much.
 * A bootstrap of so few says so twice as often.
 */
export function ratioOf(before: readonly number[], after: readonly number[]): Estimate {
  const ratios = after.flatMap((now) => before.map((then) => now / then)).sort((a, b) => a - b)
  if (!ratios.every(Number.isFinite)) return { value: Number.NaN, low: Number.NaN, high: Number.NaN }
  const { low, high } = ranksOf(before.length, after.length, mistaken)
  return { value: median(ratios), low: ratios[low] ?? 0, high: ratios[high] ?? Number.POSITIVE_INFINITY }
}

/** Figures that both have, by name. */
export function compare(before: Report, after: Report): Comparison[] {
  return Object.entries(after.metrics).flatMap(([figure, now]) => {
    const then = before.metrics[figure]
    if (then === undefined) return []
    const found = ratioOf(then.values, now.values)
    return [{ figure, ...found, change: changeOf(found, now) }]
  })
}

function changeOf({ value, low, high }: Estimate, { better }: Metric): Comparison['change'] {
  if (![value, low, high].every(Number.isFinite)) return 'unproven'
  if (low <= 1 && high >= 1) return 'none'
  return value > 1 === (better === 'higher') ? 'better' : 'worse'
}

const says: Readonly<Record<Comparison['change'], string>> = {
  better: 'better',
  worse: 'WORSE',
  none: 'no evidence of change',
  unproven: 'proves nothing: too few repeats, or nothing to divide by',
}

export function comparisonTable(before: Report, after: Report): string {
  const found = compare(before, after)
  const width = Math.max(0, ...found.map(({ figure }) => figure.length))
  const show = (value: number) => (Number.isFinite(value) ? value.toFixed(3) : '∞')
  const isElsewhere = JSON.stringify(before.machine) !== JSON.stringify(after.machine)
  return [
    `  beside commit ${before.commit}, new to old:`,
    ...(isElsewhere ? ['  note: that was another machine, or had other versions'] : []),
    ...found.map(
      ({ figure, value, low, high, change }) =>
        `  ${figure.padEnd(width)}  × ${show(value)}  ${show(low)} – ${show(high)}  ${says[change]}`,
    ),
    ...(found.length === 0 ? ['  there is no figure that both have'] : [chance(found)]),
  ].join('\n')
}

/** Of many figures some are beyond their intervals by chance. */
function chance(found: readonly Comparison[]): string {
  const proven = found.filter(({ change }) => change !== 'unproven')
  const changed = proven.filter(({ change }) => change !== 'none').length
  return `  ${changed} of ${proven.length} changed; up to ${(proven.length * mistaken).toFixed(1)} would seem so if nothing had: measure again what you did not expect`
}

/** Of a file that `--json` wrote. @throws Error when it holds none of this scenario, or one without its repeats. */
export function reportIn(file: unknown, scenario: string): Report {
  const found = (Array.isArray(file) ? file : [file]).find(
    (report: unknown): report is Report => isReport(report) && report.scenario === scenario,
  )
  if (found === undefined) throw new Error(`--compare: that file holds no result of ${scenario} with all its repeats`)
  return found
}

function isReport(given: unknown): given is Report {
  const { scenario, commit, metrics } = (given ?? {}) as Partial<Report>
  if (typeof scenario !== 'string' || typeof commit !== 'string') return false
  return typeof metrics === 'object' && metrics !== null && Object.values(metrics).every(isMetric)
}

const isMetric = (given: unknown): boolean => {
  const { values } = (given ?? {}) as Partial<Metric>
  return Array.isArray(values) && values.length > 0 && values.every((value) => typeof value === 'number')
}
