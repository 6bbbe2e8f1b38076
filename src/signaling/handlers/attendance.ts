import type { Attendance, Standing } from '../../attendance/attendance.ts'
import type { Judging } from '../../attendance/judging.ts'
import { recordOf } from '../../attendance/standing.ts'
import type { Identity } from '../../auth/identity.ts'
import { VisavisError } from '../../protocol/index.ts'
import type { Handlers, MethodsOf } from '../handlers.ts'

export interface AttendanceHandlersOptions {
  readonly attendance: Attendance
  readonly judging: Judging
  /** @throws VisavisError NOT_FOUND. */
  readonly require: (identity: Identity, act: 'view' | 'confirm', appointment: string) => Promise<Standing>
}

const page = 200
/** A record with so many entries takes no more attempts: nobody tries so often. */
const mostEntries = 5_000

export function attendanceHandlers({
  attendance,
  judging,
  require,
}: AttendanceHandlersOptions): Handlers<MethodsOf<'attendance'>> {
  return {
    async 'attendance.list'({ identity: { region, person } }, { limit = 50, before, jobseeker = person }) {
      const standings = await attendance.of(region, jobseeker, limit, before)
      const own = standings.filter((standing) => [standing.jobseeker, standing.advisor].includes(person))
      return { records: own.map((standing) => recordOf(standing)) }
    },
    async 'attendance.toConfirm'({ identity: { region, person } }, { limit = 50 }) {
      const { standings, total } = await attendance.toConfirm(region, person, limit)
      return { records: standings.map((standing) => recordOf(standing)), total }
    },
    async 'attendance.record'({ identity }, { appointment, after = 0 }) {
      await require(identity, 'view', appointment)
      const { region } = identity
      const record = await judging.told(region, appointment)
      const entries = await attendance.entries(region, appointment, after, page)
      const last = entries.at(-1)?.n ?? after
      const contents = await attendance.contents(region, appointment, after, last)
      return { record, entries, contents, more: record.head.n > last }
    },
    async 'attendance.confirm'({ identity }, { appointment, key, verdict, seen, note }) {
      await require(identity, 'confirm', appointment)
      const { region, person, role } = identity
      const by = role === 'supervisor' ? 'supervisor' : 'advisor'
      return { record: await judging.confirm(region, appointment, { key, verdict, seen, note, person, by }) }
    },
    async 'attendance.contest'({ identity }, { appointment, key, reason }) {
      await require(identity, 'view', appointment)
      const { region, person } = identity
      return { record: await judging.contest(region, appointment, { key, reason, person }) }
    },
    async 'attendance.attempt'({ identity }, { appointment, key, at, cause }) {
      const { head } = await require(identity, 'view', appointment)
      if (head.n >= mostEntries) throw new VisavisError('CONFLICT', 'this record takes no more attempts')
      const { region, role } = identity
      const party = role === 'jobseeker' ? 'jobseeker' : 'advisor'
      const fact = { type: 'attempt', party, cause } as const
      return { head: await attendance.recordFact(region, appointment, { key: `attempt/${party}/${key}`, at, fact }) }
    },
  }
}
