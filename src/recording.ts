/**
 * Writes what is seen of a jobseeker, or in their room, into their attendance records: of one jobseeker in its order, and again
 * while storage is away. What belongs to no appointment of the moment is left alone.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Attendance, Given } from './attendance/attendance.ts'
import type { Fact } from './protocol/index.ts'

export interface RecordingOptions {
  readonly attendance: Attendance
  /** Of a jobseeker. */
  readonly regionOf: (jobseeker: string) => Promise<string | undefined>
  readonly log: Logger
}

/** The records around a moment: how far ahead an appointment may be, and how long over (ms). */
export interface Around {
  readonly leadMs: number
  readonly lagMs: number
}

/** Rooms open ahead of time, and a talk may last longer than planned. */
export const aroundTalk: Around = { leadMs: 60 * 60_000, lagMs: 4 * 60 * 60_000 }
/** A device is also checked when an appointment is booked; for the verdict only the last hour counts (attendance/evidence.ts). */
const aroundCheck: Around = { leadMs: 60 * 24 * 60 * 60_000, lagMs: 0 }
/** What could not be recorded is tried again for so long; then the log says so. */
const againMs = [200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 60_000, 60_000]

export type Write = (region: string, appointment: string) => Promise<unknown>

/** How the check of a device ended. `key` is the client's, of the check. */
export interface Checked {
  readonly key: string
  readonly result: 'passed' | 'failed'
  /** Words such as `no-camera`, at most 16 of at most 32 characters. */
  readonly problems: readonly string[]
  /** When (ms). Default: now. */
  readonly at?: number
}

export interface Recording extends AsyncDisposable {
  /** Later, in the order of the calls; never throws. Resolves when it is done or given up. */
  soon(jobseeker: string, write: Write): Promise<void>
  /** Now, or it throws VisavisError UNAVAILABLE and may be repeated. */
  now(region: string, jobseeker: string, given: readonly Given[]): Promise<void>
  /**
   * What the check of a jobseeker's device found goes into the records of what lies ahead. As `soon`; a repeat adds nothing.
   */
  recordCheck(jobseeker: string, checked: Checked): Promise<void>
  /** Facts that could not be recorded in the end. */
  readonly lost: number
}

export function startRecording({ attendance, regionOf, log }: RecordingOptions): Recording {
  const lines = new Map<string, Promise<void>>()
  const stop = new AbortController()
  let lost = 0

  const each = async (region: string, jobseeker: string, around: Around, write: Write) => {
    for (const { appointment } of await attendance.current(region, jobseeker, around)) await write(region, appointment)
  }
  const insist = async (jobseeker: string, around: Around, write: Write) => {
    for (const waitMs of [...againMs, undefined]) {
      try {
        const region = await regionOf(jobseeker)
        if (region !== undefined) await each(region, jobseeker, around, write)
        return
      } catch (err) {
        if (waitMs === undefined || stop.signal.aborted) {
          lost += 1
          log.error({ err, jobseeker }, 'something that happened is on no record')
          return
        }
        await delay(waitMs, undefined, { signal: stop.signal }).catch(() => {})
      }
    }
  }
  const inLine = (jobseeker: string, around: Around, write: Write) => {
    const line = (lines.get(jobseeker) ?? Promise.resolve()).then(() => insist(jobseeker, around, write))
    lines.set(jobseeker, line)
    void line.finally(() => {
      if (lines.get(jobseeker) === line) lines.delete(jobseeker)
    })
    return line
  }
  const now = (region: string, jobseeker: string, given: readonly Given[]) =>
    each(region, jobseeker, aroundTalk, (where, appointment) => attendance.record(where, appointment, given))

  return {
    now,
    soon: (jobseeker, write) => inLine(jobseeker, aroundTalk, write),
    recordCheck(jobseeker, { key, result, problems, at = Date.now() }) {
      const fact: Fact = { type: 'check', party: 'jobseeker', result, problems: [...problems] }
      const given: Given = { key: `check/${key}`, fact, at }
      return inLine(jobseeker, aroundCheck, (region, appointment) => attendance.record(region, appointment, [given]))
    },
    get lost() {
      return lost
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await Promise.all(lines.values())
    },
  }
}
