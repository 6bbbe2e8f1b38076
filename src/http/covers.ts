/** REST for the agency's systems and supervisors: who stands in for an absent advisor, from when until when. */
import type { FastifyInstance } from 'fastify'
import type { Cover, Covers } from '../enrolment/covers.ts'
import { VisavisError } from '../protocol/index.ts'
import { list, object, optional, PersonId, RegionId, type Static, Timestamp } from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'
import { createKeepers, InRegion, type Keeper, type KeeperOptions, security } from './keeper.ts'

export interface CoversOptions extends KeeperOptions {
  readonly covers: Covers
}

const Body = object({ advisor: PersonId, cover: PersonId, from: Timestamp, until: Timestamp })
const CoverSchema = object({
  id: PersonId,
  region: RegionId,
  /** Who is stood in for. */
  advisor: PersonId,
  /** Who stands in. */
  cover: PersonId,
  from: Timestamp,
  until: Timestamp,
  /** When it was taken back. */
  endedAt: optional(Timestamp),
})
/** Made by the client. */
const CoverId = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$', maxLength: 64, description: 'a cover' })
const OneCover = object({ region: RegionId, id: CoverId })
const Cursor = Type.String({ pattern: '^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$', maxLength: 129, description: 'from `next`' })
const Page = object({
  advisor: optional(PersonId),
  after: optional(Cursor),
  limit: optional(Type.Integer({ minimum: 1, maximum: 500 })),
})
const tags = ['covers']

export async function registerCovers(server: FastifyInstance, options: CoversOptions): Promise<void> {
  const { enrolment, covers } = options
  const keepers = createKeepers(options)
  const routes = { onRequest: keepers.authorize }

  /** Somebody of another team is answered like nobody, so that ids cannot be probed. */
  const requireAdvisor = async (keeper: Keeper, region: string, id: string, missing: string) => {
    const advisor = await enrolment.person(region, id)
    const [allowed] = advisor === undefined ? [keeper.wholeRegion] : await keeper.may('keepCovers', [advisor])
    if (allowed !== true) throw new VisavisError('NOT_FOUND', missing)
  }

  server.put<{ Params: Static<typeof OneCover>; Body: Static<typeof Body> }>(
    '/api/regions/:region/covers/:id',
    {
      ...routes,
      schema: {
        summary:
          'Name a colleague who stands in for an advisor, or change from when until when. The id is made by the client; repeating the request changes nothing.',
        tags,
        security,
        params: OneCover,
        body: Body,
        response: { 200: object({ cover: CoverSchema, changed: Type.Boolean() }) },
      },
    },
    async (request) => {
      const { region, id } = request.params
      const { advisor } = request.body
      await requireAdvisor(keepers.of(request), region, advisor, `there is no advisor ${advisor} in ${region}`)
      return covers.put({ id, region, ...request.body })
    },
  )

  server.delete<{ Params: Static<typeof OneCover> }>(
    '/api/regions/:region/covers/:id',
    {
      ...routes,
      schema: {
        summary: 'Take a cover back from now on. One that is over stays as it is.',
        tags,
        security,
        params: OneCover,
        response: { 200: object({ cover: CoverSchema }) },
      },
    },
    async (request) => {
      const { region, id } = request.params
      const { advisor } = await covers.get(region, id)
      await requireAdvisor(keepers.of(request), region, advisor, `there is no cover ${id}`)
      return { cover: await covers.end(region, id) }
    },
  )

  server.get<{ Params: Static<typeof InRegion>; Querystring: Static<typeof Page> }>(
    '/api/regions/:region/covers',
    {
      ...routes,
      schema: {
        summary:
          'Covers of a region in the order of the ids of those who are stood in for, a page at a time; past ones for at least a month. A page may be short, even empty, and still have a next one.',
        tags,
        security,
        params: InRegion,
        querystring: Page,
        response: { 200: object({ covers: list(CoverSchema, 500), next: optional(Cursor) }) },
      },
    },
    async (request) => {
      const { region } = request.params
      const { limit = 100, ...filter } = request.query
      const page = await covers.list(region, { ...filter, limit })
      return { ...page, covers: await ofTeam(keepers.of(request), region, page.covers) }
    },
  )

  async function ofTeam(keeper: Keeper, region: string, found: readonly Cover[]): Promise<readonly Cover[]> {
    if (keeper.wholeRegion) return found
    const ids = [...new Set(found.map(({ advisor }) => advisor))]
    const advisors = (await enrolment.persons(region, ids)).filter((person) => person !== undefined)
    const allowed = await keeper.may('keepCovers', advisors)
    const team = new Set(advisors.filter((_, index) => allowed[index]).map(({ id }) => id))
    return found.filter(({ advisor }) => team.has(advisor))
  }
}
