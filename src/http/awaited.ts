/**
 * REST for whoever is to follow a jobseeker who has yet to join, or followed one who has left: what they asked, what is in their
 * way, how their last device check ended, and letting them in without one. Over REST, because nobody converses with them.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Person } from '../enrolment/person.ts'
import { leavingOf, type Scheme } from '../enrolment/scheme.ts'
import { CheckReport } from '../protocol/check.ts'
import { VisavisError } from '../protocol/index.ts'
import {
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
import { JoinObstacle, SchemeAct } from '../protocol/scheme.ts'
import { Type } from '../protocol/type.ts'
import { callerOf } from './caller.ts'
import { type KeeperOptions, requireKeeper, security } from './keeper.ts'

export interface AwaitedOptions extends KeeperOptions {
  readonly scheme: Scheme
  readonly lastReport: (region: string, person: string) => Promise<CheckReport | undefined>
  /** Puts it on record, and tells the jobseeker. */
  readonly waive: (
    region: string,
    person: string,
    given: { readonly key: string; readonly by: string; readonly why: string },
  ) => Promise<SchemeAct>
}

const most = 500
const OnePerson = object({ region: RegionId, id: PersonId })
const WaiveBody = object({ key: IdempotencyKey, why: Text(500) })
const { at, outcome, advice } = CheckReport.properties
const AwaitedPerson = object({
  id: PersonId,
  name: Text(120),
  /** Of somebody who has left: when. */
  leftAt: optional(Timestamp),
  /** They have asked to join, or to come back since they left, and something was in the way. */
  asked: optional(SchemeAct),
  /** Their newest one, whenever that was. */
  lastCheck: optional(object({ at, outcome, advice })),
  /** What joining goes by: a recent check that was passed, or somebody who answers for them. */
  check: optional(oneOf('passed', 'waived')),
  waived: optional(SchemeAct),
  /** What is in their way now. */
  obstacle: optional(JoinObstacle),
})
const Awaited = object({
  /** Whether joining needs a device check at all. */
  checkRequired: Type.Boolean(),
  people: list(AwaitedPerson, most),
  /** Who has left this advisor within 90 days, or asks to come back. */
  former: list(AwaitedPerson, most),
})
const tags = ['scheme']

export async function registerAwaited(server: FastifyInstance, options: AwaitedOptions): Promise<void> {
  const { enrolment, scheme, lastReport, waive } = options

  const shown = async (person: Person): Promise<Static<typeof AwaitedPerson>> => {
    const { region, id, name, leftAt } = person
    const [acts, report] = await Promise.all([scheme.acts(region, id), lastReport(region, id)])
    const check = await scheme.checkOf(region, id, acts)
    const obstacle = await scheme.obstacle(person, check)
    const asked = acts.findLast(({ is, at: askedAt }) => is === 'asked' && askedAt >= (leftAt ?? 0))
    const waived = check === 'waived' ? acts.findLast(({ is }) => is === 'checkWaived') : undefined
    return {
      ...{ id, name },
      ...(leftAt === undefined ? {} : { leftAt }),
      ...(obstacle === undefined ? {} : { obstacle }),
      ...(asked === undefined ? {} : { asked }),
      ...(report === undefined ? {} : { lastCheck: { at: report.at, outcome: report.outcome, advice: report.advice } }),
      ...(check === undefined ? {} : { check }),
      ...(waived === undefined ? {} : { waived }),
    }
  }

  server.get<{ Params: Static<typeof OnePerson> }>(
    '/api/regions/:region/people/:id/awaited',
    {
      exposeHeadRoute: false,
      schema: {
        summary:
          'Those who name this advisor and have yet to join, and those who have left this advisor, with what they asked, what is in their way, and how their last device check ended. For the advisor, their supervisor, and the agency.',
        description: `At most ${most} of each. The cost grows with them.`,
        ...{ tags, security, params: OnePerson, response: { 200: Awaited } },
      },
    },
    async (request, reply) => {
      const { region, id } = request.params
      const caller = await callerOf(request, options)
      const own = caller !== 'agency' && caller.role === 'advisor' && caller.person === id && caller.region === region
      const advisor = await enrolment.person(region, id)
      if (advisor?.role !== 'advisor' || (own && advisor.disabled)) {
        throw new VisavisError('NOT_FOUND', `there is no advisor ${id} in ${region}`)
      }
      if (!own) await (await requireKeeper(request, options)).require('keepPerson', advisor)
      const [{ checkRequired }, ids, leftBehind] = await Promise.all([
        scheme.rules.settings(region),
        scheme.awaited(region, id, most),
        scheme.former(region, id, most),
      ])
      const of = async (those: readonly string[]) => {
        const found = (await enrolment.persons(region, those)).filter((one) => one !== undefined)
        return Promise.all(found.filter(({ disabled }) => !disabled).map(shown))
      }
      const [people, former] = await Promise.all([of(ids), of(leftBehind)])
      void reply.header('cache-control', 'private, no-store')
      return { checkRequired, people, former: former.filter(({ leftAt }) => leftAt !== undefined) }
    },
  )

  /** Their supervisor, the agency, or the advisor whom they name. @throws VisavisError NOT_FOUND. */
  const answersFor = async (request: FastifyRequest): Promise<string> => {
    const { region, id } = request.params as Static<typeof OnePerson>
    const person = await enrolment.person(region, id)
    const unknown = new VisavisError('NOT_FOUND', `there is no jobseeker ${id} in ${region}`)
    if (person?.role !== 'jobseeker') throw unknown
    const caller = await callerOf(request, options)
    if (caller !== 'agency' && caller.role === 'advisor') {
      const self = await enrolment.person(caller.region, caller.person)
      const theirs = caller.region === region && (await namesAdvisor(person, caller.person))
      if (self === undefined || self.disabled || !theirs) throw unknown
      return caller.person
    }
    const keeper = await requireKeeper(request, options)
    await keeper.require('keepPerson', person)
    return keeper.name
  }
  /** Whom they name, or left. */
  const namesAdvisor = async ({ region, id, advisor }: { region: string; id: string; advisor?: string }, by: string) =>
    (advisor ?? leavingOf(await scheme.acts(region, id))?.advisor) === by

  server.post<{ Params: Static<typeof OnePerson>; Body: Static<typeof WaiveBody> }>(
    '/api/regions/:region/people/:id/waive-check',
    {
      schema: {
        summary:
          'Answer for a jobseeker whose device check is missing or failed, with the reason, which they read: they may join without, or come back. For their advisor, or whom they left; supervisor, and the agency.',
        description: 'Repeating the request with the same key changes nothing. The jobseeker is told by mail.',
        ...{ tags, security, params: OnePerson, body: WaiveBody, response: { 200: object({ act: SchemeAct }) } },
      },
    },
    async (request) => {
      const by = await answersFor(request)
      if (request.body.why.trim() === '') {
        throw new VisavisError('BAD_REQUEST', 'the reason is blank', { details: { path: '/why' } })
      }
      const { region, id } = request.params
      return { act: await waive(region, id, { ...request.body, by }) }
    },
  )
}
