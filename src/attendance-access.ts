/** Who may see an attendance record: the rule of grants.ts, with what the records say. One place for WebSocket and REST. */
import type { Attendance, Standing } from './attendance/attendance.ts'
import { missing } from './attendance/attendance.ts'
import { mayConfirmAttendance, mayViewAttendance } from './auth/grants.ts'
import type { Identity } from './auth/identity.ts'
import type { Enrolment } from './enrolment/enrolment.ts'

export type AttendanceAct = 'view' | 'confirm'
/** @throws VisavisError NOT_FOUND, also for a stranger's, so that ids cannot be probed. */
export type RequireAttendance = (identity: Identity, act: AttendanceAct, appointment: string) => Promise<Standing>

export const createAttendanceAccess =
  ({ attendance, enrolment }: { attendance: Attendance; enrolment: () => Enrolment }): RequireAttendance =>
  async (identity, act, appointment) => {
    const { region, person } = identity
    const standing = await attendance.standing(region, appointment)
    if (standing === undefined) throw missing(appointment)
    const ids = [person, standing.jobseeker ?? '', standing.advisor ?? '']
    const [self, jobseeker, advisor] = await enrolment().persons(region, ids)
    const named = jobseeker?.advisor
    const follower = named === undefined ? undefined : await enrolment().person(region, named)
    const rule = act === 'view' ? mayViewAttendance : mayConfirmAttendance
    if (!rule(identity, standing, { self, jobseeker, advisor, follower })) throw missing(appointment)
    return standing
  }
