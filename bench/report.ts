/** Prints results as a table for people, and shapes the object for machines. */
import type { Machine } from './machine.ts'
import type { Result, Scenario } from './scenario.ts'

export interface Report extends Result {
  readonly scenario: string
  readonly commit: string
  readonly machine: Machine
}

export const failedChecks = ({ checks }: Result): string[] =>
  Object.entries(checks).flatMap(([name, passed]) => (passed ? [] : [name]))

/** A scenario whose check fails gives no figures. */
export function toReport({ name }: Scenario, result: Result, commit: string, machine: Machine): Report {
  const valid = failedChecks(result).length === 0
  const { metrics, ratios, checks } = valid ? result : { metrics: {}, ratios: {}, checks: result.checks }
  return { scenario: name, commit, machine, metrics, ratios, checks }
}

export function table({ metrics, ratios, checks }: Report): string {
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
  return rows.map((row) => `  ${row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join('  ')}`.trimEnd()).join('\n')
}

const show = (value: number): string => {
  if (!Number.isFinite(value)) return String(value)
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
}
