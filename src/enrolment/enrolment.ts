/** Who follows whom: the people of each region, and the portfolio of each advisor. */
import { type Role, VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import { logLength } from '../store/event-log.ts'
import type { RedisClient } from '../store/redis.ts'
import { regionKeys } from './keys.ts'
import * as scripts from './scripts.ts'

export { enrolmentLogKeys } from './keys.ts'

export interface Person {
  readonly id: string
  readonly role: Role
  readonly name: string
  readonly region: string
  readonly team?: string
  /** For a jobseeker: the advisor who follows them. */
  readonly advisor?: string
  /** May not sign in and is in no portfolio; keeps their place in the record. */
  readonly disabled: boolean
}

export interface EnrolmentEvent {
  readonly type: 'personChanged'
  readonly person: Person
  /** Absent for somebody new. */
  readonly before?: Person
}

export interface PeoplePage {
  readonly role?: Role
  /** People whose id comes after this one. */
  readonly after?: string
  /** At least 1. */
  readonly limit: number
}

/** Looking for people of a rare role, a call reads at most this many times its limit. */
const maxRounds = 10

export class Enrolment {
  readonly #client: RedisClient

  constructor({ client }: { client: RedisClient }) {
    this.#client = client
  }

  async person(region: string, id: string): Promise<Person | undefined> {
    const json = await outageAware(this.#client.hget(regionKeys(region).people, id))
    return json === null ? undefined : decode(json)
  }

  /**
   * Creates or changes a person; the same again changes nothing.
   * @throws VisavisError NOT_FOUND when the advisor named is not an advisor of the region, BAD_REQUEST for an advisor
   * of somebody who is no jobseeker, CONFLICT when an advisor with a portfolio would become something else.
   */
  async put(given: Person): Promise<{ person: Person; changed: boolean }> {
    const person = canonical(given)
    const { id, region, role, advisor } = person
    if (role !== 'jobseeker' && advisor !== undefined) {
      throw new VisavisError('BAD_REQUEST', `only a jobseeker has an advisor, not a ${role}`, {
        details: { path: '/advisor' },
      })
    }
    const { people, ids, portfolios, log } = regionKeys(region)
    const outcome = await scripts.put(this.#client, [people, ids, portfolios, log], [JSON.stringify(person), logLength])
    if (outcome === 'noAdvisor') throw new VisavisError('NOT_FOUND', `there is no advisor ${advisor} in ${region}`)
    if (outcome === 'followed') {
      throw new VisavisError('CONFLICT', `advisor ${id} still has a portfolio`, { details: { person: id } })
    }
    return { person, changed: outcome === 'stored' }
  }

  /** The jobseekers an advisor follows, by name. Disabled ones are not among them. */
  async portfolio(region: string, advisor: string): Promise<Person[]> {
    const { portfolios } = regionKeys(region)
    // '0' is the character after '/'.
    const range = [`[${advisor}/`, `(${advisor}0`] as const
    const places = await outageAware(this.#client.zrangebylex(portfolios, ...range))
    const people = await this.#people(
      region,
      places.map((place) => place.slice(advisor.length + 1)),
    )
    return people.sort((a, b) => a.name.localeCompare(b.name, 'fr') || (a.id < b.id ? -1 : 1))
  }

  /**
   * A page of people in the order of their ids, found by an index: its cost is that of the people read, wherever the
   * page begins. With a role, people of other roles are read and passed over, so that a page may be short, even
   * empty, and still have a next one.
   */
  async list(region: string, { role, after, limit }: PeoplePage): Promise<{ people: Person[]; next?: string }> {
    const { ids } = regionKeys(region)
    const people: Person[] = []
    let last = after
    for (let round = 0; round < maxRounds && people.length < limit; round++) {
      const wanted = limit - people.length
      const start = last === undefined ? '-' : `(${last}`
      // One more than wanted tells whether there is a next page.
      const found = await outageAware(this.#client.zrangebylex(ids, start, '+', 'LIMIT', 0, wanted + 1))
      const read = await this.#people(region, found.slice(0, wanted))
      people.push(...read.filter((person) => role === undefined || person.role === role))
      if (found.length <= wanted) return { people }
      last = found[wanted - 1]
    }
    return last === undefined ? { people } : { people, next: last }
  }

  async #people(region: string, ids: readonly string[]): Promise<Person[]> {
    if (ids.length === 0) return []
    const stored = await outageAware(this.#client.hmget(regionKeys(region).people, ...ids))
    return stored.filter((json) => json !== null).map(decode)
  }
}

/** One order of fields and no absent ones, so that the same person is the same text; and text that has a UTF-8. */
const canonical = ({ id, role, name, region, team, advisor, disabled }: Person): Person => ({
  id,
  role,
  name: name.toWellFormed(),
  region,
  ...(team === undefined ? {} : { team: team.toWellFormed() }),
  ...(advisor === undefined ? {} : { advisor }),
  disabled,
})

const decode = (json: string): Person => JSON.parse(json) as Person
