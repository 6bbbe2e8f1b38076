/** REST for the agency's systems and supervisors: how callbacks are answered, and what each advisor can do and when. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Hours, RegionSettings, Skills, TeamSettings } from '../protocol/callback-settings.ts'
import { VisavisError } from '../protocol/index.ts'
import { object, optional, PersonId, partial, RegionId, type Static, Text } from '../protocol/schema.ts'
import type { Queue } from '../queue/queue.ts'
import { createKeepers, InRegion, type KeeperOptions, security } from './keeper.ts'

export interface CallbackSettingsOptions extends KeeperOptions {
  readonly queue: Pick<Queue, 'policies' | 'availability' | 'desks'>
}

const OneTeam = object({ region: RegionId, team: Text(64) })
const OneAdvisor = object({ region: RegionId, id: PersonId })
const Abilities = object({ ...Skills.properties, hours: optional(Hours) })
const tags = ['callbacks']

export async function registerCallbackSettings(server: FastifyInstance, options: CallbackSettingsOptions) {
  const { enrolment, queue } = options
  const keepers = createKeepers(options)
  const routes = { onRequest: keepers.authorize }

  const requireWhole = (request: FastifyRequest) => {
    if (keepers.of(request).wholeRegion) return
    throw new VisavisError('FORBIDDEN', 'only the agency’s systems and supervisors of a whole region set that')
  }
  const requireTeam = (request: FastifyRequest, team: string) => {
    const { wholeRegion, team: own } = keepers.of(request)
    if (wholeRegion || own === team) return
    throw new VisavisError('FORBIDDEN', 'that is not the team of this supervisor')
  }
  /** Somebody of another team is answered like nobody, so that ids cannot be probed. */
  const requireAdvisor = async (request: FastifyRequest) => {
    const { region, id } = request.params as Static<typeof OneAdvisor>
    const person = await enrolment.person(region, id)
    const [visible] = person === undefined ? [false] : await keepers.of(request).may('keepPerson', [person])
    if (person?.role !== 'advisor' || visible !== true) {
      throw new VisavisError('NOT_FOUND', `there is no advisor ${id} in ${region}`)
    }
    return { region, id }
  }
  const abilitiesOf = async ({ region, id }: Static<typeof OneAdvisor>) => {
    const [skills, hours] = await Promise.all([queue.desks.skills(region, id), queue.availability.hours(region, id)])
    return { ...skills, ...(hours === undefined ? {} : { hours }) }
  }

  const ofRegion = '/api/regions/:region/callback-settings'
  server.get<{ Params: Static<typeof InRegion> }>(
    ofRegion,
    {
      ...routes,
      schema: {
        summary: 'How a region answers callbacks.',
        ...{ tags, security, params: InRegion, response: { 200: RegionSettings } },
      },
    },
    async ({ params: { region } }) => queue.policies.region(region),
  )
  server.patch<{ Params: Static<typeof InRegion>; Body: Partial<RegionSettings> }>(
    ofRegion,
    {
      ...routes,
      schema: {
        summary:
          'Change how a region answers callbacks; what is not named stays. Refused when the waits and head starts allow a longer wait than `maxWaitMs`.',
        ...{ tags, security, params: InRegion, body: partial(RegionSettings), response: { 200: RegionSettings } },
      },
    },
    async (request) => {
      requireWhole(request)
      return queue.policies.setRegion(request.params.region, request.body)
    },
  )

  const ofTeam = '/api/regions/:region/teams/:team/callback-settings'
  server.get<{ Params: Static<typeof OneTeam> }>(
    ofTeam,
    {
      ...routes,
      schema: {
        summary: 'How a team answers callbacks.',
        ...{ tags, security, params: OneTeam, response: { 200: TeamSettings } },
      },
    },
    async (request) => {
      const { region, team } = request.params
      requireTeam(request, team)
      return queue.policies.team(region, team)
    },
  )
  server.patch<{ Params: Static<typeof OneTeam>; Body: Partial<TeamSettings> }>(
    ofTeam,
    {
      ...routes,
      schema: {
        summary: 'Change how a team answers callbacks; what is not named stays.',
        ...{ tags, security, params: OneTeam, body: partial(TeamSettings), response: { 200: TeamSettings } },
      },
    },
    async (request) => {
      const { region, team } = request.params
      requireTeam(request, team)
      return queue.policies.setTeam(region, team, request.body)
    },
  )

  const ofAdvisor = '/api/regions/:region/people/:id/callback-abilities'
  server.get<{ Params: Static<typeof OneAdvisor> }>(
    ofAdvisor,
    {
      ...routes,
      schema: {
        summary: 'Which callbacks an advisor takes, and in which hours.',
        ...{ tags, security, params: OneAdvisor, response: { 200: Abilities } },
      },
    },
    async (request) => abilitiesOf(await requireAdvisor(request)),
  )
  server.put<{ Params: Static<typeof OneAdvisor>; Body: Static<typeof Abilities> }>(
    ofAdvisor,
    {
      ...routes,
      schema: {
        summary:
          'Which topics and languages an advisor takes, and in which hours, by the clocks of the region. What is not named is not limited.',
        ...{ tags, security, params: OneAdvisor, body: Abilities, response: { 200: Abilities } },
      },
    },
    async (request) => {
      const one = await requireAdvisor(request)
      const { hours, ...skills } = request.body
      await queue.availability.setHours(one.region, one.id, hours)
      await queue.desks.setSkills(one.region, one.id, skills)
      return abilitiesOf(one)
    },
  )
}
