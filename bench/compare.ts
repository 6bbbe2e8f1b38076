/** Pure: two results of one scenario beside each other. They were measured apart, so that their repeats form no pairs. */
import type { Report } from './report.ts'
import type { Metric } from './scenario.ts'
import { type Estimate, median, quantile, seeded } from './statistics.ts'

export interface Comparison extends Estimate {
  readonly figure: string
  /** Of what the new result is to the old one; `unproven`: too few repeats, or nothing to divide by. */
  readonly change: 'better' | 'worse' | 'none' | 'unproven'
}

const resamples = 2_000

/** Ratio of the medians, new to old, with its 95 % percentile-bootstrap interval. */
export function ratioOf(before: readonly number[], after: readonly number[], random = seeded(1)): Estimate {
  const pick = (of: readonly number[]) => median(of.map(() => of[Math.floor(random() * of.length)] ?? Number.NaN))
  const ratios = Array.from({ length: resamples }, () => pick(after) / pick(before))
  return { value: median(after) / median(before), low: quantile(ratios, 0.025), high: quantile(ratios, 0.975) }
}

/** Figures that both have, by name. */
export function compare(before: Report, after: Report): Comparison[] {
  return Object.entries(after.metrics).flatMap(([figure, now]) => {
    const then = before.metrics[figure]
    if (then === undefined) return []
    const found = ratioOf(then.values, now.values)
    return [{ figure, ...found, change: changeOf(found, then, now) }]
  })
}

function changeOf({ value, low, high }: Estimate, before: Metric, after: Metric): Comparison['change'] {
  const isProven = Math.min(before.values.length, after.values.length) > 1
  if (!isProven || ![value, low, high].every(Number.isFinite)) return 'unproven'
  if (low <= 1 && high >= 1) return 'none'
  return value > 1 === (after.better === 'higher') ? 'better' : 'worse'
}

const says: Readonly<Record<Comparison['change'], string>> = {
  better: 'better',
  worse: 'WORSE',
  none: 'no evidence of change',
  unproven: 'proves nothing: one repeat, or nothing to divide by',
}

export function comparisonTable(before: Report, after: Report): string {
  const found = compare(before, after)
  const width = Math.max(0, ...found.map(({ figure }) => figure.length))
  const show = (value: number) => value.toFixed(3)
  const isElsewhere = JSON.stringify(before.machine) !== JSON.stringify(after.machine)
  return [
    `  beside commit ${before.commit}, new to old:`,
    ...(isElsewhere ? ['  note: that was another machine, or had other versions'] : []),
    ...found.map(
      ({ figure, value, low, high, change }) =>
        `  ${figure.padEnd(width)}  × ${show(value)}  ${show(low)} – ${show(high)}  ${says[change]}`,
    ),
    ...(found.length === 0 ? ['  there is no figure that both have'] : []),
  ].join('\n')
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
