/** Pure: prints results as a table for people, and shapes the object for machines. */
import type { Machine } from './machine.ts'
import type { Result, Scenario } from './scenario.ts'

export interface Report extends Omit<Result, 'notes'> {
  readonly scenario: string
  readonly commit: string
  readonly machine: Machine
  /** Of what it was measured beside, by name. */
  readonly versions?: Readonly<Record<string, string>>
  /** A short run: it shows that the scenario works, and its figures mean nothing. */
  readonly isSmoke?: boolean
  /** Of what, when a scenario is asked of several: the region. */
  readonly subject?: string
  /** Of a scenario that gives one. */
  readonly verdict?: string
}

/** What a result was measured on and with. */
export type About = Pick<Report, 'commit' | 'machine' | 'versions' | 'isSmoke'>

/** Nothing checked is nothing proved. */
export const failedChecks = ({ checks }: Pick<Result, 'checks'>): string[] => {
  const failed = Object.entries(checks).flatMap(([name, passed]) => (passed ? [] : [name]))
  return Object.keys(checks).length === 0 ? ['nothing was checked'] : failed
}

/**
 * A scenario whose check fails gives no figures: what it measured is the speed of doing something else.
 * @throws Error when a figure of a scenario that passed is not a number.
 */
export function toReport({ name }: Pick<Scenario, 'name'>, result: Result, about: About): Report {
  const valid = failedChecks(result).length === 0
  const { metrics, ratios, checks } = valid ? result : { metrics: {}, ratios: {}, checks: result.checks }
  for (const [figure, { value, low, high }] of Object.entries({ ...metrics, ...ratios })) {
    if (![value, low, high].every(Number.isFinite)) throw new Error(`${name}: ${figure} was not measured`)
  }
  return { scenario: name, ...about, metrics, ratios, checks }
}

export function table({ metrics, ratios, checks }: Report, notes: readonly string[] = []): string {
  const rows = [
    ...Object.entries(metrics).map(([name, { value, low, high, unit, better }]) => [
      name,
      `${show(value)} ${unit}`,
      `${show(low)} – ${show(high)}`,
      `${better} is better`,
    ]),
    ...Object.entries(ratios).map(([name, { value, low, high, better, pairs }]) => [
      name,
      `× ${show(value)}`,
      `${show(low)} – ${show(high)}`,
      `${better} is better; ${pairs} pair${pairs === 1 ? '' : 's'}`,
    ]),
    ...Object.entries(checks).map(([name, passed]) => [name, passed ? 'passed' : 'FAILED', '', '']),
  ]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return [
    ...rows.map((row) => `  ${row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join('  ')}`.trimEnd()),
    ...(failedChecks({ checks }).length > 0 ? ['  There is no result: a check failed.'] : []),
    ...notes.map((note) => `  note: ${note}`),
  ].join('\n')
}

const show = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
