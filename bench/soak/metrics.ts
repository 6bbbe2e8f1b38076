/** Pure: what a soak found, in the format of all benchmarks. */
import type { Machine } from '../machine.ts'
import type { Report } from '../report.ts'
import { type Metric, metric } from '../scenario.ts'
import { afterWarmUp, type Judged, wordOf } from './leaks.ts'

export interface About {
  readonly commit: string
  readonly machine: Machine
  readonly faults: readonly string[]
  readonly isSmoke: boolean
}

/** Growth, of what has an interval of it; and what was held all the while, which is what can be compared. */
export const reportOf = (judged: readonly Judged[], { commit, machine, faults, isSmoke }: About): Report => ({
  ...{ scenario: 'soak', commit, machine, verdict: wordOf(judged), ratios: {}, ...(isSmoke && { isSmoke }) },
  metrics: Object.fromEntries(judged.flatMap((one) => [...growthOf(one), ...levelOf(one)])),
  checks: {
    nothing_lost: faults.length === 0,
    no_leak: judged.every(({ finding }) => finding !== 'leak'),
  },
})

function growthOf({ name, unit, slope, low, high }: Judged): [string, Metric][] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return []
  const growth = { value: slope, low, high, values: [slope], unit: `${unit} an hour`, better: 'lower' } as const
  return [[`${named(name)}_growth`, growth]]
}

/** Of what may grow it says only for how long it was filled. */
function levelOf({ name, unit, isKept, samples }: Judged): [string, Metric][] {
  const values = afterWarmUp(samples).map(({ y }) => y)
  return isKept || values.length === 0 ? [] : [[named(name), metric(values, unit, 'lower')]]
}

const named = (name: string): string => name.replaceAll(' ', '_')
