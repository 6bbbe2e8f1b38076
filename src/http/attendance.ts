/**
 * REST of attendance records: taken away as JSON or PDF by those they are about, with the keys to check them by; opened and added
 * to by agencies whose own systems make appointments and send invitations.
 */
import type { FastifyInstance } from 'fastify'
import type { Attendance, Standing } from '../attendance/attendance.ts'
import type { PrintRecord } from '../attendance/print.ts'
import type { ReadRecordFile } from '../attendance/record-file.ts'
import type { SigningKeys } from '../attendance/signing-keys.ts'
import type { Identity } from '../auth/identity.ts'
import type { Enrolment } from '../enrolment/enrolment.ts'
import { AttendanceWindow, facts, Head } from '../protocol/attendance.ts'
import { VisavisError } from '../protocol/index.ts'
import {
  AppointmentId,
  IdempotencyKey,
  list,
  object,
  oneOf,
  optional,
  PersonId,
  RegionId,
  type Static,
  Text,
  Timestamp,
} from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'
import { type CallerOptions, callerOf } from './caller.ts'
import { savedAs } from './disposition.ts'
import { security } from './keeper.ts'

export interface AttendanceRoutesOptions extends CallerOptions {
  readonly attendance: Attendance
  readonly enrolment: Enrolment
  readonly keys: SigningKeys
  readonly readFile: ReadRecordFile
  readonly print: PrintRecord
  /** @throws VisavisError NOT_FOUND. */
  readonly require: (identity: Identity, act: 'view', appointment: string) => Promise<Standing>
  readonly regions: readonly string[]
}

const OneRecord = object({ region: RegionId, appointment: AppointmentId })
const PrintQuery = object({ language: optional(oneOf('fr', 'en')) })
const Opening = object({ jobseeker: PersonId, advisor: PersonId, window: AttendanceWindow })
const ReportedFact = object({
  key: IdempotencyKey,
  at: Timestamp,
  fact: Type.Union([facts.moved, facts.cancelled, facts.excused, facts.invitation, facts.check]),
  reason: optional(Text(1_000)),
})
const Heads = object({ head: Head })
const tags = ['attendance']
const path = '/api/regions/:region/attendance/:appointment'

export async function registerAttendance(server: FastifyInstance, options: AttendanceRoutesOptions): Promise<void> {
  registerKeys(server, options)
  registerExports(server, options)
  registerReports(server, options)
}

function registerKeys(server: FastifyInstance, { keys }: AttendanceRoutesOptions): void {
  const text = Text(128)
  const PublicKey = object({
    ...{ kty: oneOf('OKP'), crv: oneOf('Ed25519'), x: text, kid: text, use: oneOf('sig'), alg: oneOf('EdDSA') },
    since: Timestamp,
  })
  server.get(
    '/api/attendance/keys',
    {
      schema: {
        summary: 'The public keys (RFC 7517) by which the seals of attendance records are checked. For everybody.',
        description:
          'Of every node, also those that sign no more. `kid` is the thumbprint of the key (RFC 7638) in hexadecimal.',
        tags,
        response: { 200: object({ keys: list(PublicKey, 10_000) }) },
      },
    },
    async () => ({ keys: await keys.published() }),
  )
}

function registerExports(server: FastifyInstance, options: AttendanceRoutesOptions): void {
  const { readFile, print, require, regions } = options

  /** For whoever may see it, and the agency, which answers for it. */
  const fileFor = async (caller: 'agency' | Identity, { region, appointment }: Static<typeof OneRecord>) => {
    if (!regions.includes(region)) throw new VisavisError('NOT_FOUND', `there is no region ${region}`)
    if (caller !== 'agency') {
      if (caller.region !== region) throw new VisavisError('NOT_FOUND', `there is no appointment ${appointment}`)
      await require(caller, 'view', appointment)
    }
    return readFile(region, appointment)
  }
  const headers = (name: string) => ({
    'content-disposition': savedAs(name),
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-store',
  })

  server.get<{ Params: Static<typeof OneRecord> }>(
    path,
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'An attendance record as a file that "visavis verify" checks offline.',
        description:
          'For its two parties, the supervisor of their team, and the agency. docs/attendance.md has the format.',
        tags,
        security,
        params: OneRecord,
        produces: ['application/json'],
      },
    },
    async (request, reply) => {
      const file = await fileFor(await callerOf(request, options), request.params)
      return reply
        .headers(headers(`attendance-${request.params.appointment}.json`))
        .type('application/json; charset=utf-8')
        .send(`${JSON.stringify(file, undefined, 2)}\n`)
    },
  )

  server.get<{ Params: Static<typeof OneRecord>; Querystring: Static<typeof PrintQuery> }>(
    `${path}/pdf`,
    {
      exposeHeadRoute: false,
      schema: {
        summary:
          'An attendance record for people: what happened, the verdict and its reasons, and the head to compare.',
        tags,
        security,
        params: OneRecord,
        querystring: PrintQuery,
        produces: ['application/pdf'],
      },
    },
    async (request, reply) => {
      const file = await fileFor(await callerOf(request, options), request.params)
      return reply
        .headers(headers(`attendance-${request.params.appointment}.pdf`))
        .type('application/pdf')
        .send(await print(file, request.query.language ?? 'fr'))
    },
  )
}

function registerReports(server: FastifyInstance, options: AttendanceRoutesOptions): void {
  const { attendance, enrolment, regions } = options
  const authorized = {
    onRequest: async (request: Parameters<typeof callerOf>[0]) => {
      if ((await callerOf(request, options)) === 'agency') return
      throw new VisavisError('FORBIDDEN', 'only the agency’s systems report what happened elsewhere')
    },
  }

  server.put<{ Params: Static<typeof OneRecord>; Body: Static<typeof Opening> }>(
    path,
    {
      ...authorized,
      schema: {
        summary: 'Begin the attendance record of an appointment that another system has made. For the agency only.',
        description: 'A repeat changes nothing; a new window is told by the fact `moved`.',
        tags,
        security,
        params: OneRecord,
        body: Opening,
        response: { 200: Heads },
      },
    },
    async ({ params: { region, appointment }, body: { jobseeker, advisor, window } }) => {
      if (!regions.includes(region)) throw new VisavisError('NOT_FOUND', `there is no region ${region}`)
      const [one, other] = await enrolment.persons(region, [jobseeker, advisor])
      if (one?.role !== 'jobseeker')
        throw new VisavisError('NOT_FOUND', `there is no jobseeker ${jobseeker} in ${region}`)
      if (other?.role !== 'advisor') throw new VisavisError('NOT_FOUND', `there is no advisor ${advisor} in ${region}`)
      return { head: await attendance.open(region, { appointment, jobseeker, advisor, window }) }
    },
  )

  server.post<{ Params: Static<typeof OneRecord>; Body: Static<typeof ReportedFact> }>(
    `${path}/facts`,
    {
      ...authorized,
      schema: {
        summary:
          'Add what happened elsewhere: moved, cancelled, excused, the proof of an invitation. For the agency only.',
        description:
          'A repeat with the same key changes nothing. A reason is committed to, and goes when the jobseeker is erased.',
        tags,
        security,
        params: OneRecord,
        body: ReportedFact,
        response: { 200: Heads },
      },
    },
    async ({ params: { region, appointment }, body: { key, at, fact, reason } }) => {
      const { jobseeker } = await attendance.require(region, appointment)
      const of = jobseeker === undefined ? [] : [jobseeker]
      const personal = reason === undefined ? [] : [{ name: 'reason', value: reason, of }]
      return { head: await attendance.recordFact(region, appointment, { key: `agency/${key}`, at, fact, personal }) }
    },
  )
}
