/** REST for supervisors: the appointments of their team, or of the region, with what came of those that are over. */
import type { FastifyInstance } from 'fastify'
import type { AppointmentBook } from '../appointments/book.ts'
import type { Attendance } from '../attendance/attendance.ts'
import { recordOf } from '../attendance/standing.ts'
import { Appointment } from '../protocol/appointment.ts'
import { VisavisError } from '../protocol/index.ts'
import { list, object, optional, type Static, Text, Timestamp } from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'
import { createKeepers, InRegion, type KeeperOptions, security } from './keeper.ts'

export interface TeamAppointmentsOptions extends KeeperOptions {
  readonly book: AppointmentBook
  readonly attendance: Attendance
}

const dayMs = 24 * 60 * 60 * 1_000
const longestMs = 62 * dayMs
const mostShown = 1_000
const mostAdvisors = 500
const Query = object({ from: Timestamp, until: Timestamp })
const OneOfTeam = object({
  appointment: Appointment,
  advisorName: Text(120),
  /** Of its attendance record: `open`, `proposed`, `confirmed`, `contested`; absent while there is none. */
  state: optional(Text(16)),
  verdict: optional(Text(32)),
})
const Answer = object({ appointments: list(OneOfTeam, mostShown), more: Type.Boolean() })

export async function registerTeamAppointments(
  server: FastifyInstance,
  options: TeamAppointmentsOptions,
): Promise<void> {
  const { enrolment, book, attendance } = options
  const keepers = createKeepers(options)

  server.get<{ Params: Static<typeof InRegion>; Querystring: Static<typeof Query> }>(
    '/api/regions/:region/appointments',
    {
      onRequest: keepers.authorize,
      exposeHeadRoute: false,
      schema: {
        summary:
          'Booked appointments that begin between two moments, of the team of this supervisor or of the region, with their verdicts, in order.',
        tags: ['appointments'],
        security,
        params: InRegion,
        querystring: Query,
        response: { 200: Answer },
      },
    },
    async (request) => {
      const { region } = request.params
      const { from, until } = request.query
      if (until <= from || until - from > longestMs) {
        throw new VisavisError('BAD_REQUEST', 'the period ends after it begins, and within 62 days', {
          details: { path: '/until' },
        })
      }
      const { team } = keepers.of(request)
      const advisors =
        team === undefined
          ? (await enrolment.list(region, { role: 'advisor', limit: mostAdvisors })).people
          : await enrolment.team(region, team, mostAdvisors)
      const found = await Promise.all(
        advisors.map(async ({ id, name }) =>
          (await book.appointments.ofAdvisorBetween(region, id, { from, until })).map((appointment) => ({
            appointment,
            advisorName: name,
          })),
        ),
      )
      const sorted = found.flat().sort((a, b) => a.appointment.from - b.appointment.from)
      const shown = sorted.slice(0, mostShown)
      const appointments = await Promise.all(
        shown.map(async (one) => {
          const standing = await attendance.standing(region, one.appointment.id)
          if (standing === undefined) return one
          const { state, verdict } = recordOf(standing)
          return { ...one, state, ...(verdict === undefined ? {} : { verdict }) }
        }),
      )
      return { appointments, more: sorted.length > shown.length }
    },
  )
}
