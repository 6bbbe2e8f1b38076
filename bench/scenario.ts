/** What a scenario is, and what it gives back. */
import type { Sabotage } from './delivery.ts'
import type { PeerName } from './peer.ts'
import { type Estimate, estimate } from './statistics.ts'

export interface RunOptions {
  /** About two seconds of load and one repeat: shows that the scenario works, proves no figure. */
  readonly smoke: boolean
  /** Of each measurement; of the comparison with the peer, pairs. */
  readonly repeats: number
  /** Processes that make load. */
  readonly generators: number
  /** At the same time, for the scenario that holds many; undefined: its own number. */
  readonly sessions: number | undefined
  /** Beside whom: some of those that the scenario has. */
  readonly peers: readonly PeerName[]
  /** Spoils the results on purpose: the checks must fail. */
  readonly sabotage: Sabotage | undefined
  /** For people, while it runs. */
  readonly say: (line: string) => void
}

export interface Metric extends Estimate {
  /** Of each repeat, to be compared with those of another day. */
  readonly values: readonly number[]
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
  /** The figures are void unless all of these are true. */
  readonly checks: Readonly<Record<string, boolean>>
  /** For people only: what the checks found, and what held a figure back. */
  readonly notes: readonly string[]
}

export interface Scenario {
  readonly name: string
  readonly question: string
  /** Beside whom it can be run. */
  readonly peers: readonly PeerName[]
  run(options: RunOptions): Promise<Result>
}

/** The parts of a scenario as one result. A check that several parts make passes only when it does in all of them. */
export const combine = (parts: readonly Result[]): Result => {
  const checks: Record<string, boolean> = {}
  for (const part of parts) {
    for (const [name, passed] of Object.entries(part.checks)) checks[name] = passed && (checks[name] ?? true)
  }
  return {
    metrics: Object.fromEntries(parts.flatMap(({ metrics }) => Object.entries(metrics))),
    ratios: Object.fromEntries(parts.flatMap(({ ratios }) => Object.entries(ratios))),
    checks,
    notes: parts.flatMap(({ notes }) => notes),
  }
}

export const metric = (values: readonly number[], unit: string, better: Metric['better']): Metric => ({
  ...estimate(values),
  values,
  unit,
  better,
})

/** The median of the ratios of runs that lay next to each other in time, not the ratio of two medians. */
export const ratio = (ours: readonly number[], theirs: readonly number[], better: Ratio['better']): Ratio => {
  const pairs = ours.flatMap((value, n) => {
    const other = theirs[n]
    return other === undefined ? [] : [value / other]
  })
  return { ...estimate(pairs), better, pairs: pairs.length }
}
