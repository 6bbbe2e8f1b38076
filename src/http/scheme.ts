/**
 * REST by which a jobseeker decides for themselves: joining, asking for the agency, leaving. Not over the socket: whoever has left,
 * or has yet to join, may open no session, and still has a receipt to read and a way back.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Enrolment, Person } from '../enrolment/enrolment.ts'
import { isEnrolled } from '../enrolment/person.ts'
import type { Scheme } from '../enrolment/scheme.ts'
import { PersonName } from '../protocol/enrolment.ts'
import { VisavisError } from '../protocol/index.ts'
import { Language } from '../protocol/notice.ts'
import { IdempotencyKey, list, object, oneOf, optional, type Static, Text, Timestamp } from '../protocol/schema.ts'
import { JoinObstacle, JoinText, LeaveReason, SchemeAct } from '../protocol/scheme.ts'
import { Type } from '../protocol/type.ts'
import { type CallerOptions, callerOf } from './caller.ts'
import { security } from './keeper.ts'

export interface SchemeRoutesOptions extends CallerOptions {
  readonly enrolment: Enrolment
  readonly scheme: Scheme
  /** Turns appointments and puts it on record. */
  readonly askAgency: (region: string, person: string, key: string) => Promise<SchemeAct>
  /** Counts something in the report of a region, once for each key. */
  readonly count: (region: string, happening: { readonly measure: string; readonly key: string }) => Promise<void>
  /** Something may have begun that need not wait for its next look. */
  readonly wake: () => void
}

const Own = object({
  /** `awaiting`: yet to join. `out`: has left. */
  state: oneOf('in', 'awaiting', 'out'),
  since: optional(Timestamp),
  advisor: optional(PersonName),
  /** Not everything that follows from leaving is done yet: they can come back when it is. */
  settling: Type.Boolean(),
  /** What is in the way of joining now. */
  obstacle: optional(JoinObstacle),
  text: JoinText,
  check: optional(oneOf('passed', 'waived')),
  checkRequired: Type.Boolean(),
  acts: list(SchemeAct, 10_000),
  /** Those that the acts of joining name, as they were then. */
  texts: list(object({ digest: Text(64), ...JoinText.properties }), 100),
})
const Receipt = object({ act: SchemeAct })
const JoinBody = object({ key: IdempotencyKey, text: Text(32), language: optional(Language) })
const LeaveBody = object({ key: IdempotencyKey, reason: optional(LeaveReason) })
const tags = ['scheme']

export async function registerScheme(server: FastifyInstance, options: SchemeRoutesOptions): Promise<void> {
  const { enrolment, scheme, askAgency, count, wake } = options

  /** @throws VisavisError FORBIDDEN for whoever is no jobseeker on record. */
  const callerAsJobseeker = async (request: FastifyRequest): Promise<Person> => {
    const identity = await callerOf(request, options)
    const person =
      identity === 'agency' || identity.role !== 'jobseeker'
        ? undefined
        : await enrolment.person(identity.region, identity.person)
    if (person?.role !== 'jobseeker' || person.disabled) {
      throw new VisavisError('FORBIDDEN', 'only a jobseeker decides whether they take part')
    }
    return person
  }
  const receiptOf = async ({ region, id }: Person, leftAt: number): Promise<SchemeAct> => {
    const act = (await scheme.acts(region, id)).findLast(({ is, at }) => is === 'left' && at === leftAt)
    // Who left before receipts were made has none.
    return act ?? { n: 1, is: 'left', at: leftAt, by: id, receipt: '-' }
  }

  server.get(
    '/api/scheme',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'How the jobseeker stands, what they are asked, and what they have decided so far.',
        ...{ tags, security, response: { 200: Own } },
      },
    },
    async (request, reply) => {
      const person = await callerAsJobseeker(request)
      const { region, id, leftAt, awaiting } = person
      const [acts, settings, processes] = await Promise.all([
        scheme.acts(region, id),
        scheme.rules.settings(region),
        enrolment.processesOf(region, id),
      ])
      const settling = processes.some(({ kind }) => kind === 'left')
      const [check, texts] = await Promise.all([scheme.checkOf(region, id, acts), scheme.textsOf(region, acts)])
      const state = leftAt === undefined ? (awaiting === true ? 'awaiting' : 'in') : 'out'
      const obstacle =
        state === 'in' ? undefined : settling ? ('leaving' as const) : await scheme.obstacle(person, check)
      const advisor = person.advisor === undefined ? undefined : await enrolment.person(region, person.advisor)
      const since = leftAt ?? acts.findLast(({ is }) => is === 'joined')?.at
      void reply.header('cache-control', 'private, no-store')
      return {
        ...{ state, settling, text: scheme.textOf(region), checkRequired: settings.checkRequired, acts, texts },
        ...(since === undefined ? {} : { since }),
        ...(advisor === undefined ? {} : { advisor: { id: advisor.id, name: advisor.name } }),
        ...(obstacle === undefined ? {} : { obstacle }),
        ...(check === undefined ? {} : { check }),
      }
    },
  )

  server.post<{ Body: Static<typeof JoinBody> }>(
    '/api/scheme/join',
    {
      schema: {
        summary: 'Join the scheme, or come back to it. On record with the version of the text that was read.',
        description:
          'Refused (409) with `details.bar`: `closed`, `pilot`, `capacity`, `certificate`, `ceiling`, `reinforced`, `check`, and then it is on record that they asked; with `details.version` when the text has another version by now. Repeating the request with the same key changes nothing.',
        ...{ tags, security, body: JoinBody, response: { 200: Receipt } },
      },
    },
    async (request) => {
      const { region, id } = await callerAsJobseeker(request)
      await count(region, { measure: 'volunteers', key: `volunteer/${id}` })
      const act = await scheme.join(region, id, request.body)
      wake()
      return { act }
    },
  )

  server.post<{ Body: Static<typeof LeaveBody> }>(
    '/api/scheme/leave',
    {
      schema: {
        summary:
          'Leave the scheme: webcam appointments ahead become appointments in the agency, callbacks are withdrawn, sessions end. Never a penalty; joining again brings it back.',
        description: 'Repeating the request with the same key changes nothing.',
        ...{ tags, security, body: LeaveBody, response: { 200: Receipt } },
      },
    },
    async (request) => {
      const person = await callerAsJobseeker(request)
      const { key, reason } = request.body
      const leftAt = await enrolment.leave(person.region, person.id, key, reason === undefined ? {} : { reason })
      return { act: await receiptOf(person, leftAt) }
    },
  )

  server.post<{ Body: { key: string } }>(
    '/api/scheme/agency',
    {
      schema: {
        summary:
          'Ask to be met in the agency: every webcam appointment ahead becomes one there, and the advisor is told. Never a penalty.',
        description: 'Within an hour it is the same request, with the same receipt. `appointment.turn` takes it back.',
        ...{ tags, security, body: object({ key: IdempotencyKey }), response: { 200: Receipt } },
      },
    },
    async (request) => {
      const person = await callerAsJobseeker(request)
      if (!isEnrolled(person)) throw new VisavisError('CONFLICT', 'who has left is met in the agency already')
      const act = await askAgency(person.region, person.id, request.body.key)
      wake()
      return { act }
    },
  )
}
