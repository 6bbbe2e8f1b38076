/** The attendance records of a node, built of their parts. */
import type { Logger } from 'pino'
import type { Config } from '../config/load.ts'
import { Attendance } from './attendance/attendance.ts'
import { createAwaiting, type TellAwaited } from './attendance/awaiting.ts'
import { type DueLoop, startDueLoop } from './attendance/due-loop.ts'
import { createJudging, type JudgingOptions, type TellVerdict } from './attendance/judging.ts'
import { createPrint } from './attendance/print.ts'
import { createRecordFiles } from './attendance/record-file.ts'
import { createSealing } from './attendance/sealing.ts'
import { SigningKeys } from './attendance/signing-keys.ts'
import { createAttendanceAccess } from './attendance-access.ts'
import type { Enrolment } from './enrolment/enrolment.ts'
import type { Metrics } from './ops/metrics.ts'
import { healthOf } from './probe/health.ts'
import type { RedisClient } from './store/redis.ts'
import { timeZones } from './time-zones.ts'

export interface AttendancePartsOptions {
  readonly client: RedisClient
  readonly config: Config
  readonly places: readonly { readonly id: string; readonly timeZone: string }[]
  readonly enrolment: () => Enrolment
  readonly tellAwaited: TellAwaited
  readonly metrics: Metrics
  readonly log: Logger
  /** A verdict is proposed, for the first time or anew. */
  readonly onProposed?: JudgingOptions['onProposed']
  /** The jobseeker is told of each verdict that stands. */
  readonly tellVerdict: TellVerdict
}

const dayMs = 24 * 60 * 60 * 1_000

export function createAttendanceParts(options: AttendancePartsOptions) {
  const { client, config, places, enrolment, metrics, log } = options
  let due: DueLoop | undefined
  const attendance = new Attendance({
    client,
    keepMs: config.attendanceRetentionDays * dayMs,
    verdictAfterMs: config.attendanceVerdictMs,
    sealEveryMs: config.attendanceSealMs,
    awaitAfterMs: config.attendanceAwaitMs,
    onDue: () => due?.wake(),
  })
  const keys = new SigningKeys({
    client,
    folder: `${config.dataDir}/attendance-keys`,
    maxAgeMs: config.attendanceKeyDays * dayMs,
  })
  const judging = createJudging({
    client,
    attendance,
    health: (from, until) => healthOf(config.probeLog, { from, until }, log),
    onProposed: (verdict, of) => {
      metrics.verdicts.inc({ verdict })
      options.onProposed?.(verdict, of)
    },
    tell: options.tellVerdict,
  })
  const sealing = createSealing({ client, keys })
  const awaiting = createAwaiting({ client, attendance, tell: options.tellAwaited })
  const readFile = createRecordFiles({ attendance, judging, keys })
  const print = createPrint({
    timeZoneOf: timeZones(places),
    namesOf: async (region, people) => {
      const found = await enrolment().persons(region, [...people])
      return new Map(found.flatMap((person) => (person === undefined ? [] : [[person.id, person.name] as const])))
    },
  })
  metrics.observe(
    'visavis_attendance_entries',
    'Entries that this node has added to attendance records',
    () => attendance.counts.entries,
  )
  metrics.observe(
    'visavis_attendance_contended',
    'Times an entry was chained anew because another was faster',
    () => attendance.counts.contended,
  )
  return {
    ...{ attendance, judging, keys, readFile, print },
    require: createAttendanceAccess({ attendance, enrolment }),
    /** Seals, verdicts and looks for who has not come that are due. */
    startDue: (): DueLoop => {
      const loop = startDueLoop({ client, regions: places.map(({ id }) => id), judging, sealing, awaiting, log })
      metrics.observe(
        'visavis_attendance_failures',
        'Seals, verdicts and looks for who has not come that failed on this node and are tried again',
        () => loop.failures,
      )
      due = loop
      return loop
    },
  }
}
