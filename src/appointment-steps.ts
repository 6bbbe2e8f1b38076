/** What the record of a jobseeker means for their appointments: they leave the scheme, come back, or get another advisor. */
import { type AppointmentRecord, isAhead } from './appointments/appointment.ts'
import type { AppointmentBook } from './appointments/book.ts'
import type { Enrolment, EnrolmentFact, Person } from './enrolment/enrolment.ts'

export interface AppointmentStepsOptions {
  readonly book: AppointmentBook
  readonly enrolment: () => Enrolment
  /** Something is to be looked at. */
  readonly wake: () => void
}

/** Whether an appointment is as the record asks for. Pure. */
export function isInLine({ appointment, inner }: AppointmentRecord, person: Person | undefined, now: number): boolean {
  if (person === undefined || !isAhead(appointment, now)) return true
  if (person.leftAt !== undefined) return appointment.modality !== 'webcam'
  const isTheirs = person.advisor === undefined || person.advisor === appointment.advisor
  return isTheirs && inner.turned !== 'left'
}

export function appointmentSteps({ book: { appointments }, enrolment, wake }: AppointmentStepsOptions) {
  /**
   * Brings what lies ahead in line with the record as it is now. Whoever has left meets nobody by webcam: the time stays, the
   * place is the agency. Of who takes part it is with their advisor; and by webcam again, if only leaving has changed that.
   */
  const bringInLine = async (region: string, jobseeker: string): Promise<void> => {
    const person = await enrolment().person(region, jobseeker)
    if (person === undefined) return
    if (person.leftAt !== undefined) {
      await appointments.turnAll(region, jobseeker, { to: 'agency', why: 'left', by: jobseeker })
    } else {
      const advisor = person.advisor === undefined ? undefined : await enrolment().person(region, person.advisor)
      if (advisor !== undefined) {
        await appointments.follow(region, jobseeker, { advisor: advisor.id, team: advisor.team })
      }
      await appointments.turnAll(region, jobseeker, { to: 'webcam', why: 'left', by: jobseeker })
    }
    wake()
  }
  return {
    bringInLine,
    /** Coming back, or being followed again, is no stored process: the next look at an appointment sees it, so let it be soon. */
    async changed(fact: EnrolmentFact): Promise<void> {
      if (fact.type !== 'personChanged' || fact.person.role !== 'jobseeker') return
      const { person, before } = fact
      if (before === undefined || (before.leftAt === person.leftAt && before.advisor === person.advisor)) return
      await appointments.hurry(person.region, person.id)
      wake()
    },
  }
}
