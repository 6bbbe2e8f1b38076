/** REST for operators, supervisors and the agency: whether a region is open, how large portfolios may be, how many are certified. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { mayOperate } from '../auth/grants.ts'
import type { Scheme } from '../enrolment/scheme.ts'
import { VisavisError } from '../protocol/index.ts'
import { list, object, optional, PersonId, partial, type Static, Text } from '../protocol/schema.ts'
import { Capacity, SchemeSettings, StoredCapacity } from '../protocol/scheme.ts'
import { Type } from '../protocol/type.ts'
import { callerOf } from './caller.ts'
import { InRegion, type KeeperOptions, requireKeeper, security } from './keeper.ts'

export interface SchemeSettingsOptions extends KeeperOptions {
  readonly scheme: Scheme
}

/** Whoever looks at a region, or decides for it. */
export interface Overseer {
  readonly name: string
  /** Whether they decide for the whole region. */
  readonly wholeRegion: boolean
  /** Of a supervisor who has one. */
  readonly team?: string | undefined
}

/** A keeper of the region, or an operator. @throws VisavisError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND. */
export async function requireOverseer(request: FastifyRequest, options: KeeperOptions): Promise<Overseer> {
  const caller = await callerOf(request, options)
  if (caller === 'agency' || caller.role !== 'operator') return requireKeeper(request, options)
  const { region } = request.params as Static<typeof InRegion>
  if (!mayOperate(caller, await options.enrolment.person(caller.region, caller.person))) {
    throw new VisavisError('FORBIDDEN', 'this operator takes no part')
  }
  if (!options.regions.includes(region)) throw new VisavisError('NOT_FOUND', `there is no region ${region}`)
  return { name: caller.person, wholeRegion: true }
}

const mostTeams = 500
const Count = Type.Integer({ minimum: 0 })
const Over = object({ advisor: PersonId, name: Text(120), team: optional(Text(64)), size: Count })
const Overview = object({
  settings: SchemeSettings,
  capacity: optional(StoredCapacity),
  /** Jobseekers in portfolios, and those who have yet to join. */
  followed: Count,
  awaited: Count,
  /** Teams of advisors. */
  teams: list(Text(64), mostTeams),
  /** Whether whoever asks decides for the region. */
  decides: Type.Boolean(),
  /** Advisors who follow more than the target; of a supervisor of a team those of it. */
  overTarget: list(Over, 500),
})
const route = '/api/regions/:region/scheme'
const tags = ['scheme']

export async function registerSchemeSettings(server: FastifyInstance, options: SchemeSettingsOptions): Promise<void> {
  const { enrolment, scheme } = options

  const deciding = async (request: FastifyRequest): Promise<Overseer> => {
    const overseer = await requireOverseer(request, options)
    if (overseer.wholeRegion) return overseer
    throw new VisavisError('FORBIDDEN', 'only operators, the agency and supervisors of a whole region set that')
  }

  server.get<{ Params: Static<typeof InRegion> }>(
    route,
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Whether a region is open, its limits, how many are followed, and who follows more than the target.',
        ...{ tags, security, params: InRegion, response: { 200: Overview } },
      },
    },
    async (request) => {
      const { region } = request.params
      const { team, wholeRegion } = await requireOverseer(request, options)
      const [settings, capacity, teams] = await Promise.all([
        scheme.rules.settings(region),
        scheme.rules.capacity(region),
        enrolment.teams(region, mostTeams),
      ])
      const { followed, awaited, overTarget } = await scheme.sizes(region, settings.target)
      const advisors = await enrolment.persons(
        region,
        overTarget.map(({ advisor }) => advisor),
      )
      const named = overTarget.flatMap((one, n) => {
        const advisor = advisors[n]
        if (advisor === undefined || (team !== undefined && advisor.team !== team)) return []
        return [{ ...one, name: advisor.name, ...(advisor.team === undefined ? {} : { team: advisor.team }) }]
      })
      return {
        ...{ settings, followed, awaited, teams, decides: wholeRegion, overTarget: named },
        ...(capacity === undefined ? {} : { capacity }),
      }
    },
  )

  server.patch<{ Params: Static<typeof InRegion>; Body: Partial<SchemeSettings> }>(
    route,
    {
      schema: {
        summary: 'Open, pilot or close a region, and set its limits. What is not named stays; whoever takes part, too.',
        ...{ tags, security, params: InRegion, body: partial(SchemeSettings), response: { 200: SchemeSettings } },
      },
    },
    async (request) => {
      await deciding(request)
      const { region } = request.params
      return scheme.rules.set(region, request.body)
    },
  )

  server.put<{ Params: Static<typeof InRegion>; Body: Capacity }>(
    `${route}/capacity`,
    {
      schema: {
        summary: 'No more than a region is certified for are followed from now on. Whoever is, stays.',
        ...{ tags, security, params: InRegion, body: Capacity, response: { 200: StoredCapacity } },
      },
    },
    async (request) => {
      const { name } = await deciding(request)
      return scheme.rules.capEnrolment(request.params.region, request.body, name)
    },
  )

  server.delete<{ Params: Static<typeof InRegion> }>(
    `${route}/capacity`,
    {
      schema: {
        summary: 'Take back what a region was certified for: nothing but its ceiling limits it then.',
        ...{ tags, security, params: InRegion, response: { 200: object({}) } },
      },
    },
    async (request) => {
      await deciding(request)
      await scheme.rules.uncap(request.params.region)
      return {}
    },
  )
}
