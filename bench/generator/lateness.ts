/** How well a generator keeps up with what it was told to do: a load that comes late proves nothing about a server. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { latencyHistogram, percentileMs, recordMs } from '../latency.ts'

const resolutionMs = 10

/** How a generator kept up, in the window of load. */
export interface Own {
  readonly lateP99Ms: number
  readonly loopP99Ms: number
  /** Share of a core; of the busier of the two when it has a media worker beside it. */
  readonly core: number
}

export interface Lateness {
  start(): Promise<void>
  /** An act that was due begins now. */
  acted(dueAt: number): void
  stop(): Promise<Own>
}

/** @param beside CPU time of another process that belongs to this one, µs. */
export function lateness(beside: () => Promise<number> = async () => 0): Lateness {
  const loop = monitorEventLoopDelay({ resolution: resolutionMs })
  const late = latencyHistogram()
  let startedAt = 0
  let before = process.cpuUsage()
  let besideBefore = 0
  return {
    async start() {
      besideBefore = await beside()
      before = process.cpuUsage()
      startedAt = performance.now()
      loop.enable()
    },
    acted: (dueAt) => recordMs(late, Math.max(0, performance.now() - dueAt)),
    async stop() {
      loop.disable()
      const us = (performance.now() - startedAt) * 1_000
      const { user, system } = process.cpuUsage(before)
      const core = Math.max(user + system, (await beside()) - besideBefore) / us
      const lateP99Ms = late.totalCount === 0 ? 0 : percentileMs(late, 99)
      return { lateP99Ms, loopP99Ms: Math.max(0, loop.percentile(99) / 1e6 - resolutionMs), core }
    },
  }
}
