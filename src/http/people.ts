/** REST for the agency's systems: who is enrolled, and who follows whom. */
import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { mayKeepPeople } from '../auth/grants.ts'
import type { Tokens } from '../auth/tokens.ts'
import type { Enrolment, Person } from '../enrolment/enrolment.ts'
import { VisavisError } from '../protocol/index.ts'
import { list, object, optional, PersonId, RegionId, Role, type Static, Text } from '../protocol/schema.ts'

export interface PeopleOptions {
  readonly enrolment: Enrolment
  readonly tokens: Tokens
  readonly regions: readonly string[]
  readonly agencyToken: string | undefined
}

const Body = object({
  role: Role,
  name: Text(120),
  team: optional(Text(64)),
  /** For a jobseeker: the advisor who follows them. */
  advisor: optional(PersonId),
  disabled: optional(Type.Boolean()),
})
const PersonSchema = object({
  id: PersonId,
  region: RegionId,
  role: Role,
  name: Text(120),
  team: optional(Text(64)),
  advisor: optional(PersonId),
  disabled: Type.Boolean(),
})
const InRegion = object({ region: RegionId })
const OnePerson = object({ region: RegionId, id: PersonId })
const Page = object({
  role: optional(Role),
  after: optional(PersonId),
  limit: optional(Type.Integer({ minimum: 1, maximum: 500 })),
})

const security = [{ bearer: [] }]

export async function registerPeople(server: FastifyInstance, options: PeopleOptions): Promise<void> {
  const { enrolment, regions } = options
  const authorize = async (request: FastifyRequest) => requireKeeper(request, options)
  const routes = { onRequest: authorize }

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
    async ({ params, body }) => enrolment.put({ ...params, ...body, disabled: body.disabled ?? false }),
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
    async ({ params: { region, id } }): Promise<Person> => {
      const person = await enrolment.person(region, id)
      if (person === undefined) throw new VisavisError('NOT_FOUND', `there is no ${id} in ${region}`)
      return person
    },
  )

  server.get<{ Params: Static<typeof InRegion>; Querystring: Static<typeof Page> }>(
    '/api/regions/:region/people',
    {
      ...routes,
      schema: {
        summary: 'People of a region in the order of their ids, a page at a time.',
        tags: ['people'],
        security,
        params: InRegion,
        querystring: Page,
        response: { 200: object({ people: list(PersonSchema, 500), next: optional(PersonId) }) },
      },
    },
    async ({ params: { region }, query: { limit = 100, ...filter } }) => enrolment.list(region, { ...filter, limit }),
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
    async ({ params: { region, id } }) => ({ people: await enrolment.portfolio(region, id) }),
  )

  async function requireKeeper(
    { headers, params }: FastifyRequest,
    { tokens, agencyToken }: PeopleOptions,
  ): Promise<void> {
    const { region } = params as Static<typeof InRegion>
    const token = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1]
    if (token === undefined)
      throw new VisavisError('UNAUTHENTICATED', 'an Authorization header with a bearer token is needed')
    const allowed =
      (agencyToken !== undefined && sameSecret(token, agencyToken)) ||
      mayKeepPeople((await tokens.verify(token)).identity, region)
    if (!allowed)
      throw new VisavisError('FORBIDDEN', 'only the agency’s systems and the supervisors of a region keep its people')
    if (!regions.includes(region)) throw new VisavisError('NOT_FOUND', `there is no region ${region}`)
  }
}

/** Takes as long for a wrong secret as for the right one. */
function sameSecret(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
