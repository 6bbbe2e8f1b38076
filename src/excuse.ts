/**
 * Whoever leaves the scheme, or asks for the agency, misses nothing by it: an appointment by webcam that has begun, and so cannot
 * be turned into another any more, is excused on its record. No absence can come of it (attendance/verdict.ts).
 */
import type { Attendance } from './attendance/attendance.ts'

export interface ExcuseOptions {
  readonly attendance: () => Attendance
  readonly now?: () => number
}

export interface Excused {
  readonly region: string
  readonly jobseeker: string
  /** When they said so (ms). */
  readonly at: number
  /** Of the act: a repeat adds nothing. */
  readonly key: string
}

export type Excuse = (excused: Excused) => Promise<void>

/** By how much the clocks of nodes may differ. */
const skewMs = 10_000

export const createExcuse =
  ({ attendance, now = Date.now }: ExcuseOptions): Excuse =>
  async ({ region, jobseeker, at, key }) => {
    // Also what has begun or ended between the act and this moment.
    const around = { leadMs: skewMs, lagMs: Math.max(0, now() - at) }
    for (const { appointment, window } of await attendance().current(region, jobseeker, around)) {
      if (window.until <= at) continue
      const fact = { type: 'excused', by: 'jobseeker' } as const
      await attendance().recordFact(region, appointment, { key: `excused/${key}`, fact, at })
    }
  }
