/** A record as its parties take it away: everything that is needed to check it, anywhere and without asking anybody. */
import type { AttendanceContent, AttendanceEntry, AttendanceRecord } from '../protocol/index.ts'
import type { Attendance } from './attendance.ts'
import type { Judging } from './judging.ts'
import type { PublicKey, Seal } from './seal.ts'
import type { SigningKeys } from './signing-keys.ts'

export const fileFormat = 'visavis-attendance'
export const fileVersion = 1

export interface RecordFile {
  readonly format: typeof fileFormat
  readonly version: typeof fileVersion
  readonly exportedAt: number
  /** What follows from the entries, for people. Nothing is proved by it. */
  readonly record: AttendanceRecord
  readonly entries: readonly AttendanceEntry[]
  readonly contents: readonly AttendanceContent[]
  readonly seals: readonly Seal[]
  /** Those that made the seals, as the service publishes them. */
  readonly keys: readonly PublicKey[]
}

export interface RecordFilesOptions {
  readonly attendance: Attendance
  readonly judging: Pick<Judging, 'told'>
  readonly keys: Pick<SigningKeys, 'published'>
  readonly now?: () => number
}

export type ReadRecordFile = (region: string, appointment: string) => Promise<RecordFile>

/** @returns a function that throws VisavisError NOT_FOUND where there is no record. */
export const createRecordFiles =
  ({ attendance, judging, keys, now = Date.now }: RecordFilesOptions): ReadRecordFile =>
  async (region, appointment) => {
    const record = await judging.told(region, appointment)
    const [entries, contents, seals, published] = await Promise.all([
      attendance.entries(region, appointment, 0, record.head.n),
      attendance.contents(region, appointment, 0, record.head.n),
      attendance.seals(region, appointment),
      keys.published(),
    ])
    const own = seals.filter(({ n }) => n <= record.head.n)
    const used = new Set(own.map(({ kid }) => kid))
    return {
      ...({ format: fileFormat, version: fileVersion, exportedAt: now() } as const),
      ...{ record, entries, contents, seals: own, keys: published.filter(({ kid }) => used.has(kid)) },
    }
  }
