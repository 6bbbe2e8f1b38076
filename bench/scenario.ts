/** What a scenario is, and what it gives back. */
import { type Estimate, estimate } from './statistics.ts'

export interface RunOptions {
  /** About two seconds of load and one repeat: shows that the scenario works, proves no figure. */
  readonly smoke: boolean
  readonly repeats: number
  /** For people, while it runs. */
  readonly say: (line: string) => void
}

export interface Metric extends Estimate {
  readonly unit: string
  readonly better: 'lower' | 'higher'
}

export interface Ratio extends Estimate {
  readonly better: 'lower' | 'higher'
  /** How many pairs of runs, ours and the peer's in turn. */
  readonly pairs: number
}

export interface Result {
  readonly metrics: Readonly<Record<string, Metric>>
  readonly ratios: Readonly<Record<string, Ratio>>
  readonly checks: Readonly<Record<string, boolean>>
}

export interface Scenario {
  readonly name: string
  readonly question: string
  run(options: RunOptions): Promise<Result>
}

export const metric = (values: readonly number[], unit: string, better: Metric['better']): Metric => ({
  ...estimate(values),
  unit,
  better,
})

export const ratio = (ours: readonly number[], theirs: readonly number[], better: Ratio['better']): Ratio => {
  const pairs = ours.flatMap((value, n) => {
    const other = theirs[n]
    return other === undefined ? [] : [value / other]
  })
  return { ...estimate(pairs), better, pairs: pairs.length }
}
