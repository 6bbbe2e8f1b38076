/** REST by which the two of a talk say how it was: counted in the report of the region, without a name. */
import type { FastifyInstance } from 'fastify'
import type { Standing } from '../attendance/attendance.ts'
import { togetherOf } from '../attendance/together.ts'
import type { Identity } from '../auth/identity.ts'
import { type AttendanceEntry, VisavisError } from '../protocol/index.ts'
import { AppointmentId, IdempotencyKey, object, optional, type Static } from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'
import { opinionMeasures } from '../report/measure.ts'
import { opinionMs, type Report } from '../report/report.ts'
import { type CallerOptions, callerOf } from './caller.ts'
import { security } from './keeper.ts'

export interface OpinionOptions extends CallerOptions {
  readonly report: Pick<Report, 'opine'>
  /** @throws VisavisError NOT_FOUND. */
  readonly require: (identity: Identity, act: 'view', appointment: string) => Promise<Standing>
  readonly entries: (region: string, appointment: string) => Promise<readonly AttendanceEntry[]>
}

const Star = Type.Integer({ minimum: 1, maximum: 5 })
const OneAppointment = object({ appointment: AppointmentId })
const OpinionBody = object({
  key: IdempotencyKey,
  /** How the talk went. */
  talk: optional(Star),
  /** Whether they could hear and see each other. */
  media: optional(Star),
})

export async function registerOpinion(server: FastifyInstance, options: OpinionOptions): Promise<void> {
  const { report, require, entries } = options
  server.post<{ Params: Static<typeof OneAppointment>; Body: Static<typeof OpinionBody> }>(
    '/api/appointments/:appointment/opinion',
    {
      schema: {
        summary:
          'How a talk went, and whether one could hear and see each other, from 1 to 5. For its two parties, once each. Counted, not kept.',
        description:
          'NOT_FOUND (404) for everybody else. Refused (409) with `details.bar`: `noTalk`, when by the record they were not in the room at the same time; `late`, 7 days after that; `answered`, by another request before. BAD_REQUEST (400) without an answer. Repeating the request with the same key changes nothing.',
        tags: ['scheme'],
        security,
        params: OneAppointment,
        body: OpinionBody,
        response: { 200: object({}) },
      },
    },
    async (request) => {
      const identity = await callerOf(request, options)
      if (identity === 'agency' || (identity.role !== 'jobseeker' && identity.role !== 'advisor')) {
        throw new VisavisError('FORBIDDEN', 'only the two of a talk say how it was')
      }
      const { appointment } = request.params
      const { key, ...opinion } = request.body
      if (opinion.talk === undefined && opinion.media === undefined) {
        throw new VisavisError('BAD_REQUEST', 'neither question is answered', { details: { path: '/talk' } })
      }
      const { region } = await require(identity, 'view', appointment)
      const now = Date.now()
      const together = togetherOf(await entries(region, appointment), now)
      if (together === undefined) throw refused('noTalk', `no talk of ${appointment} is on record`)
      if (now > together.lastAt + opinionMs) throw refused('late', `the talk of ${appointment} is too long ago`)
      const outcome = await report.opine(region, {
        about: `${appointment}/${identity.role}`,
        key,
        measures: opinionMeasures(identity.role, opinion),
      })
      if (outcome === 'answered') throw refused('answered', `this ${identity.role} has said already how it was`)
      return {}
    },
  )
}

const refused = (bar: string, message: string) => new VisavisError('CONFLICT', message, { details: { bar } })
