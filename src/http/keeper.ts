/** Who is at the other end of a request of the agency's: its own systems, or a supervisor. */
import type { FastifyRequest } from 'fastify'
import { type Act, may, mayKeepPeople, maySuperviseRegion, mayTakePart } from '../auth/grants.ts'
import type { Identity } from '../auth/identity.ts'
import type { Enrolment, Person } from '../enrolment/enrolment.ts'
import { VisavisError } from '../protocol/index.ts'
import { object, RegionId, type Static } from '../protocol/schema.ts'
import { type CallerOptions, callerOf } from './caller.ts'

export interface KeeperOptions extends CallerOptions {
  readonly enrolment: Enrolment
  readonly regions: readonly string[]
}

export const InRegion = object({ region: RegionId })
export const security = [{ bearer: [] }]

/** What one who keeps people may do in the region of the request. */
export interface Keeper {
  /** `agency`, or the id of the supervisor: for the record. */
  readonly name: string
  /** Whether they have to do with everybody of the region. */
  readonly wholeRegion: boolean
  /** Of a supervisor who has one: the team they have to do with. */
  readonly team?: string | undefined
  /** Whether they may do this to these people, each in its place. A page of people costs one round trip. */
  may(act: Act, people: readonly Person[]): Promise<boolean[]>
  /** @throws VisavisError FORBIDDEN. */
  require(act: Act, person: Person): Promise<void>
}

/** Remembers, for one set of routes, who is at the other end of each request. */
export function createKeepers(options: KeeperOptions) {
  const keepers = new WeakMap<object, Keeper>()
  return {
    /** As `onRequest`: before anything of the request is looked at. */
    authorize: async (request: FastifyRequest): Promise<void> => {
      keepers.set(request, await requireKeeper(request, options))
    },
    of(request: object): Keeper {
      const keeper = keepers.get(request)
      if (keeper === undefined) throw new Error('a route without authorization')
      return keeper
    },
  }
}

/**
 * @param region of the request; by default the one in its path.
 * @throws VisavisError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND for a region that there is not.
 */
export async function requireKeeper(
  request: FastifyRequest,
  options: KeeperOptions,
  region = (request.params as Static<typeof InRegion>).region,
): Promise<Keeper> {
  const { enrolment, regions } = options
  const caller = await callerOf(request, options)
  const keeper = caller === 'agency' ? agency : await supervisor(caller, region, enrolment)
  if (keeper === undefined) {
    throw new VisavisError('FORBIDDEN', 'only the agency’s systems and the supervisors of a region keep its people')
  }
  if (!regions.includes(region)) throw new VisavisError('NOT_FOUND', `there is no region ${region}`)
  return keeper
}

const agency: Keeper = {
  name: 'agency',
  wholeRegion: true,
  may: async (_act, people) => people.map(() => true),
  require: async () => {},
}

async function supervisor(identity: Identity, region: string, enrolment: Enrolment): Promise<Keeper | undefined> {
  // Before the record is asked: most tokens are of somebody else.
  if (!mayKeepPeople(identity, region)) return undefined
  const self = await enrolment.person(region, identity.person)
  if (!mayTakePart(identity, self)) return undefined
  const each = async (act: Act, people: readonly Person[]) => {
    const advisors = await enrolment.persons(region, [...new Set(people.flatMap(({ advisor }) => advisor ?? []))])
    const byId = new Map(advisors.flatMap((advisor) => (advisor === undefined ? [] : [[advisor.id, advisor]])))
    const now = Date.now()
    return people.map((person) => may(identity, act, person, { now, self, advisor: byId.get(person.advisor ?? '') }))
  }
  return {
    name: identity.person,
    wholeRegion: maySuperviseRegion(identity, region, self),
    team: self?.team,
    may: each,
    async require(act, person) {
      const [allowed] = await each(act, [person])
      if (allowed !== true) throw new VisavisError('FORBIDDEN', `${person.id} is not of this supervisor’s team`)
    },
  }
}
