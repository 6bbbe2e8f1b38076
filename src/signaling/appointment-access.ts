/** Whose an appointment is, who may see and keep it, and who else must be free for it and hears of it. */

import type { Host } from '../appointments/base.ts'
import type { AppointmentBook } from '../appointments/book.ts'
import type { Actor } from '../appointments/booking.ts'
import { may } from '../auth/grants.ts'
import type { Covers } from '../enrolment/covers.ts'
import type { Enrolment, Person } from '../enrolment/enrolment.ts'
import { type Appointment, VisavisError } from '../protocol/index.ts'
import type { Caller } from './handlers.ts'

export interface AppointmentAccessOptions {
  readonly book: AppointmentBook
  readonly enrolment: Enrolment
  readonly covers: Covers
}

/** Part of the time. */
export interface Period {
  readonly from: number
  readonly until: number
}

export type AppointmentAccess = ReturnType<typeof createAppointmentAccess>

export function createAppointmentAccess({ book, enrolment, covers }: AppointmentAccessOptions) {
  /** Those who stand in for an advisor at any moment of a period. */
  const standInsOf = async (region: string, advisor: string, { from, until }: Period) => {
    const those = await covers.of(region, advisor)
    const active = those.filter(
      (cover) => cover.from < until && Math.min(cover.until, cover.endedAt ?? cover.until) > from,
    )
    return [...new Set(active.map(({ cover }) => cover))]
  }
  const hostOf = async (region: string, { id, team }: Pick<Person, 'id' | 'team'>, period: Period): Promise<Host> => ({
    advisor: id,
    team,
    standIns: await standInsOf(region, id, period),
  })

  return {
    /**
     * With whom a jobseeker has appointments; for an advisor who names none, their own calendar.
     * @throws VisavisError NOT_FOUND for somebody with whom the caller has nothing to do, CONFLICT while no advisor is named.
     */
    async host(
      { identity, conversations }: Caller,
      named: string | undefined,
      period: Period,
    ): Promise<{ host: Host; jobseeker: Person | undefined }> {
      const { region, person, role } = identity
      if (role === 'advisor' && named === undefined) {
        const self = await enrolment.person(region, person)
        return { host: await hostOf(region, { id: person, ...self }, period), jobseeker: undefined }
      }
      const about = role === 'jobseeker' ? person : (named ?? '')
      const conversation = conversations.get(about)
      if (conversation === undefined || (named !== undefined && named !== about)) {
        throw new VisavisError('NOT_FOUND', `there is no jobseeker ${named ?? about} here`)
      }
      const { jobseeker, advisor } = conversation
      if (advisor === undefined) throw new VisavisError('CONFLICT', 'no advisor is named yet')
      return { host: await hostOf(region, advisor, period), jobseeker }
    },

    /** Of an appointment that there is: with the advisor whose it is. */
    async hostOf(region: string, { advisor }: Appointment, period: Period): Promise<Host> {
      const person = await enrolment.person(region, advisor)
      return hostOf(region, { id: advisor, ...person }, period)
    },

    /** The caller as one who acts: whoever stands in at this moment is told as well. */
    async actor({ identity: { region, person, role } }: Caller, advisor: string): Promise<Actor> {
      const now = Date.now()
      const also = await standInsOf(region, advisor, { from: now, until: now + 1 })
      return { person, role: role === 'jobseeker' ? 'jobseeker' : 'advisor', also }
    },

    /** @throws VisavisError NOT_FOUND, also for a stranger's, so that ids cannot be probed. */
    async require(caller: Caller, act: 'view' | 'keep', id: string): Promise<Appointment> {
      const { identity, conversations } = caller
      const { region, person, role } = identity
      const appointment = await book.appointments.get(region, id)
      const { jobseeker, advisor } = appointment
      // An advisor keeps what is in their calendar, also of a jobseeker who has left since.
      if (conversations.has(jobseeker) || (role === 'advisor' && advisor === person)) return appointment
      if (act === 'view' && role === 'supervisor' && (await this.supervises(caller, jobseeker))) return appointment
      throw new VisavisError('NOT_FOUND', `there is no appointment ${id}`)
    },

    /** Whether the caller may see a jobseeker who is not among their conversations. */
    async supervises({ identity }: Caller, jobseeker: string): Promise<boolean> {
      const { self, subject } = await enrolment.access(identity, jobseeker)
      if (subject === undefined) return false
      const advisor =
        subject.advisor === undefined ? undefined : await enrolment.person(identity.region, subject.advisor)
      return may(identity, 'viewPerson', subject, { now: Date.now(), self, advisor })
    },
  }
}
