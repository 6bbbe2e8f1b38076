/** REST for the agency's systems and supervisors: who is enrolled, who follows whom, and who leaves. */
import type { FastifyInstance } from 'fastify'
import type { Person } from '../enrolment/enrolment.ts'
import { noColleague, type Transfers } from '../enrolment/transfers.ts'
import { Transferred } from '../protocol/enrolment.ts'
import { VisavisError } from '../protocol/index.ts'
import {
  IdempotencyKey,
  list,
  object,
  oneOf,
  optional,
  PersonId,
  RegionId,
  Role,
  type Static,
  Text,
  Timestamp,
} from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'
import { createKeepers, InRegion, type Keeper, type KeeperOptions, security } from './keeper.ts'

export interface PeopleOptions extends KeeperOptions {
  readonly transfers: Transfers
}

const Body = object({
  role: Role,
  name: Text(120),
  team: optional(Text(64)),
  /** For a jobseeker: the advisor who follows them. */
  advisor: optional(PersonId),
  /** `reinforced`: an intensive follow-up, to which the scheme is not open. */
  followUp: optional(oneOf('reinforced')),
  disabled: optional(Type.Boolean()),
  /** Brings back somebody who has left the scheme; without it that is refused. */
  rejoin: optional(Type.Boolean()),
})
const PersonSchema = object({
  id: PersonId,
  region: RegionId,
  role: Role,
  name: Text(120),
  team: optional(Text(64)),
  advisor: optional(PersonId),
  disabled: Type.Boolean(),
  followUp: optional(oneOf('reinforced')),
  /** They have yet to join the scheme themselves. */
  awaiting: optional(Type.Boolean()),
  /** When they left the scheme. */
  leftAt: optional(Timestamp),
})
const TransferBody = object({ to: PersonId, key: IdempotencyKey, reason: optional(Text(500)) })
const OnePerson = object({ region: RegionId, id: PersonId })
const Page = object({
  role: optional(Role),
  after: optional(PersonId),
  limit: optional(Type.Integer({ minimum: 1, maximum: 500 })),
})

export async function registerPeople(server: FastifyInstance, options: PeopleOptions): Promise<void> {
  const { enrolment, transfers } = options
  const keepers = createKeepers(options)
  const routes = { onRequest: keepers.authorize }

  /** Somebody of another team is answered like nobody, so that ids cannot be probed. */
  const visible = async (keeper: Keeper, region: string, id: string): Promise<Person> => {
    const person = await enrolment.person(region, id)
    const [allowed] = person === undefined ? [false] : await keeper.may('viewPerson', [person])
    if (person === undefined || allowed !== true) throw new VisavisError('NOT_FOUND', `there is no ${id} in ${region}`)
    return person
  }
  const only = async (keeper: Keeper, people: readonly Person[]): Promise<Person[]> => {
    const allowed = await keeper.may('viewPerson', people)
    return people.filter((_, index) => allowed[index])
  }

  server.put<{ Params: Static<typeof OnePerson>; Body: Static<typeof Body> }>(
    '/api/regions/:region/people/:id',
    {
      ...routes,
      schema: {
        summary: 'Create or change a person. Repeating the request changes nothing.',
        tags: ['people'],
        security,
        params: OnePerson,
        body: Body,
        response: { 200: object({ person: PersonSchema, changed: Type.Boolean() }) },
      },
    },
    async (request) => {
      const { rejoin = false, ...body } = request.body
      const person = { ...request.params, ...body, disabled: body.disabled ?? false }
      const keeper = keepers.of(request)
      const before = await enrolment.person(person.region, person.id)
      // Neither somebody else's person nor one for another team.
      if (before !== undefined) await keeper.require('keepPerson', before)
      await keeper.require('keepPerson', person)
      const { changed, ...stored } = await enrolment.put(person, { rejoin })
      return { person: stored.person, changed }
    },
  )

  server.get<{ Params: Static<typeof OnePerson> }>(
    '/api/regions/:region/people/:id',
    {
      ...routes,
      schema: {
        summary: 'One person.',
        tags: ['people'],
        security,
        params: OnePerson,
        response: { 200: PersonSchema },
      },
    },
    async (request) => visible(keepers.of(request), request.params.region, request.params.id),
  )

  server.get<{ Params: Static<typeof InRegion>; Querystring: Static<typeof Page> }>(
    '/api/regions/:region/people',
    {
      ...routes,
      schema: {
        summary:
          'People of a region in the order of their ids, a page at a time. A page may be short, even empty, and still have a next one.',
        tags: ['people'],
        security,
        params: InRegion,
        querystring: Page,
        response: { 200: object({ people: list(PersonSchema, 500), next: optional(PersonId) }) },
      },
    },
    async (request) => {
      const { limit = 100, ...filter } = request.query
      const { people, ...page } = await enrolment.list(request.params.region, { ...filter, limit })
      return { people: await only(keepers.of(request), people), ...page }
    },
  )

  server.get<{ Params: Static<typeof OnePerson> }>(
    '/api/regions/:region/people/:id/portfolio',
    {
      ...routes,
      schema: {
        summary: 'The jobseekers an advisor follows.',
        tags: ['people'],
        security,
        params: OnePerson,
        response: { 200: object({ people: list(PersonSchema, 10_000) }) },
      },
    },
    async (request) => {
      const { region, id } = request.params
      return { people: await only(keepers.of(request), await enrolment.portfolio(region, id)) }
    },
  )

  server.post<{ Params: Static<typeof OnePerson>; Body: Static<typeof TransferBody> }>(
    '/api/regions/:region/people/:id/transfer',
    {
      ...routes,
      schema: {
        summary:
          'Hand a jobseeker over to another advisor, who is told the reason, as is the former one. Unlike a change of the person it never undoes what somebody else did meanwhile (409). Repeating the request with the same key changes nothing.',
        tags: ['people'],
        security,
        params: OnePerson,
        body: TransferBody,
        response: { 200: Transferred },
      },
    },
    async (request) => {
      const { region, id } = request.params
      const { to } = request.body
      const keeper = keepers.of(request)
      const transfer = { region, jobseeker: id, by: keeper.name, ...request.body }
      const [subject, advisor] = await enrolment.persons(region, [id, to])
      // Asked after, so that of two that came at once none is refused for what the other has done.
      const done = await transfers.repeated(transfer)
      if (done !== undefined) return done
      const [allowed] = subject === undefined ? [false] : await keeper.may('transfer', [subject])
      if (subject === undefined || allowed !== true) {
        throw new VisavisError('NOT_FOUND', `there is no jobseeker ${id} in ${region}`)
      }
      const [theirs] = advisor === undefined ? [false] : await keeper.may('keepPerson', [advisor])
      if (theirs !== true) throw noColleague(to)
      return transfers.transfer(transfer, subject.advisor)
    },
  )

  server.post<{ Params: Static<typeof OnePerson>; Body: { key: string } }>(
    '/api/regions/:region/people/:id/leave',
    {
      ...routes,
      schema: {
        summary:
          'A jobseeker leaves the scheme, who has said so elsewhere. Access ends at once; repeating the request with the same key changes nothing.',
        tags: ['people'],
        security,
        params: OnePerson,
        body: object({ key: IdempotencyKey }),
        response: { 200: object({ leftAt: Timestamp }) },
      },
    },
    async (request) => {
      const { region, id } = request.params
      const keeper = keepers.of(request)
      await keeper.require('keepPerson', await visible(keeper, region, id))
      return { leftAt: await enrolment.leave(region, id, request.body.key) }
    },
  )
}
