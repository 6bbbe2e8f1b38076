/** Which appointment a talk belonged to. *Pure.* */
import type { AttendanceRecord } from '../../client/index.ts'

/** Rooms open ahead of time, and a talk may last longer than planned. */
export const leadMs = 60 * 60_000
const lagMs = 4 * 60 * 60_000

/** The latest of a jobseeker that had begun, or was about to. */
export const aroundOf = (
  records: readonly AttendanceRecord[],
  jobseeker: string,
  now: number,
): AttendanceRecord | undefined =>
  records
    .filter(({ window, jobseeker: theirs }) => theirs === jobseeker && window.from - leadMs <= now)
    .filter(({ window }) => now < window.until + lagMs)
    .toSorted((one, other) => other.window.from - one.window.from)[0]
