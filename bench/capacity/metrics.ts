/** Pure: the findings in the format of all benchmarks. */
import type { Report } from '../report.ts'
import type { Findings } from './findings.ts'

export function metricsOf({ options, measurement, verdict, about }: Findings): Report & { readonly verdict: string } {
  const { capacity, held, steps } = measurement
  const volunteers = verdict.capacity
  return {
    scenario: 'capacity',
    commit: about.commit,
    machine: about.machine,
    verdict: verdict.word,
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
            factor: { ...capacity.factor, values: held, unit: 'times the demand', better: 'higher' },
          },
    ratios: {},
    checks: {
      nothing_lost_while_held: steps.every(({ outcome, faults }) => outcome !== 'held' || faults.length === 0),
    },
  }
}

const pick = ({ value, low, high }: { readonly value: number; readonly low: number; readonly high: number }) => ({
  value,
  low,
  high,
})
