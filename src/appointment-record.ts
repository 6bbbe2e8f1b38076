/** What happens to a webcam appointment, as facts for its attendance record. One in the agency has none. */
import { isChange } from './appointments/appointment.ts'
import type { AppointmentFact } from './appointments/facts.ts'
import type { Attendance } from './attendance/attendance.ts'
import type { Appointment, AppointmentEntry, AttendanceWindow, Fact, Party } from './protocol/index.ts'

type Invitation = Extract<Fact, { type: 'invitation' }>

export interface AppointmentRecordOptions {
  readonly attendance: Attendance
  /** The first so many entries of an appointment's history. */
  readonly historyOf: (region: string, appointment: string, upTo: number) => Promise<readonly AppointmentEntry[]>
}

const steps = { mailSent: 'sent', mailDelivered: 'delivered', mailRead: 'read', mailFailed: 'failed' } as const
const arranges = ['made', 'moved', 'turned', 'carried']

/** The record begins when it is made, or when it becomes one by webcam. A fact that comes again adds nothing. */
export function createAppointmentRecord({ attendance, historyOf }: AppointmentRecordOptions) {
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
          ...toldBy(told.mail, await historyOf(told.region, told.appointment, told.n), shownBy(told)),
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

const shownBy = ({ is, sequence }: AppointmentFact): number | undefined => (is === 'mailRead' ? sequence : undefined)

/**
 * What a mail told, and of when. It is named by the entry that it tells of, or by `r` (a reminder) or `page` (read in the page) and
 * a version (src/appointments/plan.ts). Of an interview in the agency it invites nobody to one by webcam.
 * @param shown the version that its reader has seen: a link shows how the appointment stands, whatever its mail said.
 */
export function toldBy(
  mail: string,
  history: readonly AppointmentEntry[],
  shown?: number,
): Pick<Invitation, 'about' | 'begins'> {
  const [, kind, number] = /^(r|page-|)(\d+)/.exec(mail) ?? []
  const entry = kind === '' && shown === undefined ? history[Number(number) - 1] : undefined
  const version = shown ?? entry?.sequence ?? Number(number)
  const changes = history.filter((one) => isChange(one) && one.sequence <= version)
  const newest = entry ?? changes.at(-1)
  const modality = changes.findLast((one) => one.modality !== undefined)?.modality
  if (newest?.is === 'cancelled' || modality === 'agency') return { about: 'cancelled' }
  const begins = changes.findLast(({ from }) => from !== undefined)?.from
  const about = kind === 'r' ? 'reminder' : newest?.is === 'made' ? 'booked' : 'moved'
  return { about, ...(begins === undefined ? {} : { begins }) }
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
