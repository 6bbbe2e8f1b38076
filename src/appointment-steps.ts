/** What follows for appointments when a jobseeker leaves the scheme, comes back, or gets another advisor. */
import type { AppointmentBook } from './appointments/book.ts'
import type { Enrolment } from './enrolment/enrolment.ts'
import type { Step } from './enrolment/processes.ts'

export interface AppointmentStepsOptions {
  readonly book: AppointmentBook
  readonly enrolment: () => Enrolment
  /** Somebody is to be told. */
  readonly wake: () => void
}

export function appointmentSteps({ book: { appointments }, enrolment, wake }: AppointmentStepsOptions) {
  /** Whoever has left meets nobody by webcam: the time stays, the place is the agency. */
  const toAgency: Step = async (region, person) => {
    await appointments.turnAll(region, person, { to: 'agency', why: 'left', by: person })
    wake()
  }
  /** What lies ahead is with the new advisor; and by webcam again for somebody who is back. */
  const follow: Step = async (region, jobseeker, { to }) => {
    const [person, advisor] = await enrolment().persons(region, [jobseeker, ...(to === undefined ? [] : [to])])
    if (person === undefined || person.leftAt !== undefined || advisor === undefined) return
    await appointments.follow(region, jobseeker, { advisor: advisor.id, team: advisor.team })
    await appointments.turnAll(region, jobseeker, { to: 'webcam', why: 'left', by: jobseeker })
    wake()
  }
  return { toAgency, follow }
}
