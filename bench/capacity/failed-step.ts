/** Pure: a run that came to nothing, so that nobody can say whose fault it was. */
import { encode, latencyHistogram } from '../latency.ts'
import type { Demand } from './demand.ts'
import { loadOf } from './load.ts'
import type { Latency, Step } from './summary.ts'

export function failedStep(demand: Demand, factor: number, seconds: number, error: unknown): Step {
  const why = error instanceof Error ? error.message : String(error)
  const nothing: Latency = {
    ...{ p50Ms: Number.NaN, p95Ms: Number.NaN, p99Ms: Number.NaN, maxMs: Number.NaN, count: 0 },
    histogram: encode(latencyHistogram()),
  }
  return {
    ...{ factor, outcome: 'unproven', load: loadOf(demand, factor, seconds), seconds, figures: {}, breaks: [] },
    ...{ faults: [], doubts: [`a run came to nothing: ${why.split('\n').slice(0, 3).join(' ')}`] },
    generator: { made: 0, dropped: 0, lateP99Ms: 0, loopP99Ms: 0, core: 0 },
    ...{ uses: {}, most: undefined, sessions: 0, sight: undefined },
    latencies: { signIn: nothing, message: nothing, offer: nothing, join: nothing, recovery: nothing },
    storm: undefined,
    watched: { samples: [], cores: {}, machine: 0, others: 0, kernel: 0, networkMbits: 0, memoryBytes: {}, nodes: [] },
  }
}
