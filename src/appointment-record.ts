/** What happens to a webcam appointment, as facts for its attendance record. One in the agency has none. */
import type { AppointmentFact } from './appointments/facts.ts'
import type { Attendance } from './attendance/attendance.ts'
import type { Appointment, AppointmentEntry, AttendanceWindow, Fact, Party } from './protocol/index.ts'

type Invitation = Extract<Fact, { type: 'invitation' }>

export interface AppointmentRecordOptions {
  readonly attendance: Attendance
  /** The nth entry of an appointment's history. */
  readonly entryOf: (region: string, appointment: string, n: number) => Promise<AppointmentEntry | undefined>
}

const steps = { mailSent: 'sent', mailDelivered: 'delivered', mailRead: 'read', mailFailed: 'failed' } as const
const arranges = ['made', 'moved', 'turned', 'carried']

/** The record begins when it is made, or when it becomes one by webcam. A fact that comes again adds nothing. */
export function createAppointmentRecord({ attendance, entryOf }: AppointmentRecordOptions) {
  /** A mail is named by the entry that it tells of, or by `r` and what it reminds of (src/appointments/plan.ts). */
  const aboutOf = async ({ region, appointment }: AppointmentFact, mail: string): Promise<Invitation['about']> => {
    if (mail.startsWith('r')) return 'reminder'
    const is = (await entryOf(region, appointment, Number.parseInt(mail, 10)))?.is
    if (is === 'made') return 'booked'
    return is === 'cancelled' ? 'cancelled' : 'moved'
  }

  const factOf = async (
    told: AppointmentFact,
    window: AttendanceWindow,
    webcam: boolean,
  ): Promise<Fact | undefined> => {
    const party = partyOf(told.by, told.jobseeker)
    switch (told.is) {
      case 'made':
        return undefined
      case 'carried':
        return { type: 'carried' }
      case 'moved':
      case 'turned':
        // Somebody who is expected in the agency does not miss a webcam appointment.
        return webcam ? { type: 'moved', window } : { type: 'cancelled', by: party }
      case 'cancelled':
        return { type: 'cancelled', by: party }
      default:
        return {
          type: 'invitation',
          to: told.to === told.jobseeker ? 'jobseeker' : 'advisor',
          about: await aboutOf(told, told.mail),
          step: steps[told.is],
        }
    }
  }

  return async (told: AppointmentFact, { from, until, advisor, modality }: Appointment): Promise<void> => {
    const { region, appointment, jobseeker } = told
    const standing = await attendance.standing(region, appointment)
    const window = windowOf(told) ?? standing?.window ?? { from, until }
    const webcam = ('modality' in told ? told.modality : modality) === 'webcam'
    if (standing === undefined) {
      if (webcam && arranges.includes(told.is))
        await attendance.open(region, { appointment, jobseeker, advisor, window })
      return
    }
    const fact = await factOf(told, window, webcam)
    if (fact === undefined) return
    const given = { key: `appointment/${told.n}`, fact, at: told.at }
    await attendance.recordFact(region, appointment, told.is === 'carried' ? { ...given, ...carriedTo(told) } : given)
  }
}

/** From then on the new advisor is the other party: they see the record, and keep its heads. */
const carriedTo = ({ advisor }: { readonly advisor: string }) => ({
  advisor,
  personal: [{ name: 'advisor', value: advisor, of: [advisor] }],
})

const windowOf = (told: AppointmentFact): AttendanceWindow | undefined =>
  told.is === 'made' || told.is === 'moved' ? { from: told.from, until: told.until } : undefined

/** Whoever acts for the service, a region or another advisor is on the agency's side. */
const partyOf = (by: string, jobseeker: string): Party => (by === jobseeker ? 'jobseeker' : 'advisor')
