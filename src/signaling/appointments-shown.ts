/** The appointments that somebody sees without asking for those of one jobseeker. */
import type { AppointmentBook } from '../appointments/book.ts'
import type { Identity } from '../auth/identity.ts'
import type { Enrolment } from '../enrolment/enrolment.ts'
import { type Appointment, VisavisError } from '../protocol/index.ts'

export type AppointmentsShown = (identity: Pick<Identity, 'region' | 'person' | 'role'>) => Promise<Appointment[]>

/** Advisors whose calendars are shown to one who stands in for them. */
const mostCalendars = 10

/** @throws VisavisError BAD_REQUEST for supervisors, who must say whose. */
export const createAppointmentsShown =
  ({ book, enrolment }: { readonly book: AppointmentBook; readonly enrolment: Enrolment }): AppointmentsShown =>
  async (identity) => {
    const { region, person, role } = identity
    if (role === 'jobseeker') return book.appointments.ofJobseeker(region, person)
    if (role !== 'advisor') {
      throw new VisavisError('BAD_REQUEST', 'a supervisor says whose', { details: { path: '/jobseeker' } })
    }
    const { conversations } = await enrolment.conversations(identity, Date.now())
    const covered = conversations.flatMap(({ coverUntil, advisor }) =>
      coverUntil === undefined ? [] : (advisor?.id ?? []),
    )
    const those = [person, ...new Set(covered)].slice(0, mostCalendars)
    const found = await Promise.all(those.map((advisor) => book.appointments.ofAdvisor(region, advisor)))
    return found
      .flat()
      .sort((a, b) => a.from - b.from)
      .slice(0, mostShown)
  }

/** As many as an answer holds. */
const mostShown = 1_000
