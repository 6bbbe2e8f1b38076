/** Pure: the findings in the format of all benchmarks. */
import type { Report } from '../report.ts'
import type { Findings } from './findings.ts'

export function metricsOf({ options, measurement, verdict, about }: Findings): Report {
  const { capacity, held, steps, storms } = measurement
  const volunteers = verdict.capacity
  return {
    scenario: 'capacity',
    subject: options.region,
    commit: about.commit,
    machine: about.machine,
    verdict: verdict.word,
    ...(options.smoke && { isSmoke: true }),
    metrics:
      capacity === undefined || volunteers === undefined
        ? {}
        : {
            volunteers: {
              ...pick(volunteers),
              values: held.map((factor) => factor * options.parameters.volunteers),
              unit: 'volunteers',
              better: 'higher',
            },
            ...recovered(measurement.storms),
            factor: { ...capacity.factor, values: held, unit: 'times the demand', better: 'higher' },
          },
    ratios: {},
    checks: {
      nothing_lost_while_held: [...steps, ...storms].every(
        ({ outcome, faults }) => outcome !== 'held' || faults.length === 0,
      ),
    },
  }
}

/** Of the storm that decides. */
function recovered(storms: Findings['measurement']['storms']): Report['metrics'] {
  const value = storms.at(-1)?.latencies.recovery.p99Ms
  if (value === undefined || Number.isNaN(value)) return {}
  return {
    recovery_p99_ms: { ...pick({ value, low: value, high: value }), values: [value], unit: 'ms', better: 'lower' },
  }
}

const pick = ({ value, low, high }: { readonly value: number; readonly low: number; readonly high: number }) => ({
  value,
  low,
  high,
})
