/** Who follows whom: the people of each region, the portfolio of each advisor, and who has left. */
import { type Role, VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import { fenceKey, liftFence } from '../store/fence.ts'
import type { RedisClient } from '../store/redis.ts'
import { type Conversations, conversationsOf } from './conversations.ts'
import { type Cover, decodeCover } from './cover.ts'
import { everybodyKey, membersOf, membersOfTeam, regionKeys } from './keys.ts'
import { canonical, decodePerson, type Person } from './person.ts'
import { type Process, processKinds, type StepNames } from './process.ts'
import { checkPerson, type PutResult, refusals } from './put.ts'
import { makeReceipt } from './receipt.ts'
import { type Limits, SchemeRules } from './scheme-rules.ts'
import * as scripts from './scripts.ts'

export type { Conversation, Conversations } from './conversations.ts'
export type { Cover } from './cover.ts'
export { concerns, type EnrolmentFact } from './facts.ts'
export type { Person } from './person.ts'

export interface EnrolmentOptions {
  readonly client: RedisClient
  /** What each region has decided. Default: all are open. */
  readonly rules?: SchemeRules
  /** What is to follow, elsewhere, when somebody leaves or gets another advisor (processes.ts). Default: nothing. */
  readonly steps?: StepNames
  /** A process has begun on this node: whoever runs them need not wait for their next look. */
  readonly onProcess?: () => void
  /** Somebody is enrolled whose id was erased a short while ago: elsewhere, too, it may be used again. Called until it succeeds. */
  readonly onReturn?: (person: string) => Promise<void>
}

/** One of a region, in a role. */
export interface Somebody {
  readonly region: string
  readonly person: string
  readonly role: Role
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

/** A repeat of an act with the same key may come so late. */
const rememberMs = 48 * 60 * 60 * 1_000

export class Enrolment {
  readonly #client: RedisClient
  readonly #rules: SchemeRules
  readonly #steps: StepNames
  readonly #onProcess: () => void
  readonly #onReturn: (person: string) => Promise<void>

  constructor(options: EnrolmentOptions) {
    const { client, rules, steps = {}, onProcess = () => {}, onReturn = async () => {} } = options
    this.#client = client
    this.#rules = rules ?? new SchemeRules({ client })
    this.#steps = steps
    this.#onProcess = onProcess
    this.#onReturn = onReturn
  }

  async person(region: string, id: string): Promise<Person | undefined> {
    const json = await outageAware(this.#client.hget(regionKeys(region).people, id))
    return json === null ? undefined : decodePerson(json)
  }

  /** Several people, each in its place. */
  async persons(region: string, ids: readonly string[]): Promise<(Person | undefined)[]> {
    if (ids.length === 0) return []
    const stored = await outageAware(this.#client.hmget(regionKeys(region).people, ...ids))
    return stored.map((json) => (json === null ? undefined : decodePerson(json)))
  }

  /**
   * Creates or changes a person; the same again changes nothing.
   * @param rejoin whether somebody who has left the scheme comes back by it. Without it they are refused, so that no
   * repeated request and no nightly list brings back who has left: but for the kind of their follow-up, which decides whether
   * they may come back by themselves, and is stored.
   * @throws VisavisError NOT_FOUND when the advisor named is not an advisor of the region, BAD_REQUEST for an advisor
   * of somebody who is no jobseeker or a reserved id, CONFLICT when an advisor with a portfolio would become something
   * else, for who has left or is being erased, for an id of another region, and where the scheme is not open to them: closed,
   * full, or no place with that advisor (`details.bar`).
   */
  async put(given: Person, { rejoin = false } = {}): Promise<{ person: Person } & PutResult> {
    checkPerson(given)
    const person = canonical(given)
    const [{ claimed, fenced }, limits] = await Promise.all([this.#claim(person), this.#rules.limits(person.region)])
    if (!claimed) throw refusals.elsewhere(person)
    const keys = regionKeys(person.region)
    const { people, ids, portfolios, teams, processes, due, feeds, log, nudge, supervisors, sizes, awaited } = keys
    const { acts, former } = keys
    const outcome = await scripts.put(
      this.#client,
      [people, ids, portfolios, teams, processes, due, feeds, log, nudge, supervisors, sizes, awaited, acts, former],
      [
        JSON.stringify(person),
        rejoin ? 1 : 0,
        JSON.stringify(this.#steps.advisorChanged ?? []),
        JSON.stringify(limits),
      ],
    )
    if (Object.hasOwn(refusals, outcome)) throw refusals[outcome as keyof typeof refusals](person)
    if (outcome === 'moved') this.#onProcess()
    if (fenced) {
      await this.#onReturn(person.id)
      await liftFence(this.#client, person.region, person.id)
    }
    // Of who has left nothing else of it was taken over.
    const stored = outcome === 'noted' ? await this.person(person.region, person.id) : undefined
    return { person: stored ?? person, changed: outcome !== 'unchanged', created: outcome === 'created' }
  }

  /**
   * A jobseeker leaves the scheme: they take part in nothing from this moment on, and what follows from it elsewhere is
   * stored as a process. Repeating it with the same key changes nothing, even after they have come back.
   * @param said by whom (default: themselves), and why, as far as they said.
   * @returns when they left (ms).
   * @throws VisavisError NOT_FOUND, BAD_REQUEST for who is no jobseeker.
   */
  async leave(region: string, person: string, key: string, { by = person, reason = '' } = {}): Promise<number> {
    const keys = regionKeys(region)
    const { people, portfolios, left, processes, due, feeds, log, nudge, sizes, awaited, acts, former } = keys
    const outcome = await scripts.leave(
      this.#client,
      [people, portfolios, left(person, key), processes, due, feeds, log, nudge, sizes, awaited, acts, former],
      [person, JSON.stringify(this.#steps.left ?? []), rememberMs, by, makeReceipt(), reason],
    )
    if (outcome.is === 'missing') throw new VisavisError('NOT_FOUND', `there is no ${person} in ${region}`)
    if (outcome.is === 'other') throw new VisavisError('BAD_REQUEST', 'only a jobseeker leaves the scheme')
    if (outcome.is === 'left') this.#onProcess()
    return outcome.leftAt
  }

  /** What an act of or about somebody has still to bring about elsewhere. */
  async processesOf(region: string, person: string): Promise<Process[]> {
    const ids = processKinds.map((kind) => `${kind}/${person}`)
    const stored = await outageAware(this.#client.hmget(regionKeys(region).processes, ...ids))
    return stored.filter((json) => json !== null).map((json) => JSON.parse(json) as Process)
  }

  /** Whose conversations somebody takes part in at a moment (ms). One round trip. */
  async conversations(somebody: Somebody, now: number): Promise<Conversations> {
    const { region, person, role } = somebody
    const { people, portfolios, covers, coversOf, coversBy } = regionKeys(region)
    const known = await scripts.conversations(
      this.#client,
      [people, portfolios, covers, coversOf, coversBy],
      [person, role, now],
    )
    const self = known.self === undefined ? undefined : decodePerson(known.self)
    return conversationsOf(
      { person, role },
      { self, covers: known.covers.map(decodeCover), people: known.people.map(decodePerson) },
      now,
    )
  }

  /**
   * What the rules of access need to know about somebody and a person they want to reach: one round trip, and a second
   * one when an advisor asks for a jobseeker of another.
   */
  async access(
    { region, person, role }: Somebody,
    subject: string,
  ): Promise<{ self: Person | undefined; subject: Person | undefined; covers: readonly Cover[] }> {
    const [self, found] = await this.persons(region, [person, subject])
    const advisor = found?.advisor
    if (role !== 'advisor' || advisor === undefined || advisor === person) return { self, subject: found, covers: [] }
    const { covers, coversBy } = regionKeys(region)
    const members = await outageAware(this.#client.zrangebylex(coversBy, ...membersOf(person)))
    if (members.length === 0) return { self, subject: found, covers: [] }
    const ids = members.map((member) => member.slice(person.length + 1))
    const stored = await outageAware(this.#client.hmget(covers, ...ids))
    return { self, subject: found, covers: stored.filter((json) => json !== null).map(decodeCover) }
  }

  /** The jobseekers an advisor follows, by name. Those who are disabled or have left are not among them. */
  async portfolio(region: string, advisor: string): Promise<Person[]> {
    const { portfolios } = regionKeys(region)
    const places = await outageAware(this.#client.zrangebylex(portfolios, ...membersOf(advisor)))
    const people = await this.#people(
      region,
      places.map((place) => place.slice(advisor.length + 1)),
    )
    return people.sort(byName)
  }

  /** The advisors of a team, by name, at most so many. Those who are disabled are not among them. */
  async team(region: string, team: string, most: number): Promise<Person[]> {
    const { teams } = regionKeys(region)
    const places = await outageAware(this.#client.zrangebylex(teams, ...membersOfTeam(team), 'LIMIT', 0, most))
    // An id has no slash; the name of a team may.
    const ids = places.map((place) => place.slice(place.lastIndexOf('/') + 1))
    return (await this.#people(region, ids)).sort(byName)
  }

  /** The teams of a region that have an advisor, by name, at most so many: one round trip for each. */
  async teams(region: string, most: number): Promise<string[]> {
    const { teams } = regionKeys(region)
    const found: string[] = []
    for (let after = '-'; found.length < most; ) {
      const [place] = await outageAware(this.#client.zrangebylex(teams, after, '+', 'LIMIT', 0, 1))
      if (place === undefined) break
      const team = place.slice(place.indexOf(':') + 1, place.lastIndexOf('/'))
      found.push(team)
      after = membersOfTeam(team)[1].replace('(', '[')
    }
    return found.sort((a, b) => a.localeCompare(b))
  }

  /** How many each of these advisors follows, and how many are followed in the region. */
  async sizes(
    region: string,
    advisors: readonly string[],
  ): Promise<{ each: ReadonlyMap<string, number>; all: number }> {
    const { portfolios } = regionKeys(region)
    const [all, ...sizes] = await outageAware(
      Promise.all([
        this.#client.zcard(portfolios),
        ...advisors.map((advisor) => this.#client.zlexcount(portfolios, ...membersOf(advisor))),
      ]),
    )
    return { each: new Map(advisors.map((advisor, n) => [advisor, sizes[n] ?? 0])), all }
  }

  limits(region: string): Promise<Limits> {
    return this.#rules.limits(region)
  }

  /** The supervisors of a region who take part. */
  async supervisors(region: string): Promise<Person[]> {
    const ids = await outageAware(this.#client.zrange(regionKeys(region).supervisors, '0', '-1'))
    return this.#people(region, ids)
  }

  /** The region of somebody who is or was enrolled: a channel is named by their id alone. */
  async regionOf(person: string): Promise<string | undefined> {
    return (await outageAware(this.#client.hget(everybodyKey, person))) ?? undefined
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

  /** An id is one person in the whole country: nobody of another region may come by their channel. */
  async #claim({ id, region }: Person): Promise<{ claimed: boolean; fenced: boolean }> {
    const claim = Promise.all([
      this.#client.hsetnx(everybodyKey, id, region),
      // In the same pipeline, so it sees what the first has done.
      this.#client.hget(everybodyKey, id),
      this.#client.zscore(fenceKey(region), id),
    ])
    const [, by, fenced] = await outageAware(claim)
    return { claimed: by === region, fenced: fenced !== null }
  }

  async #people(region: string, ids: readonly string[]): Promise<Person[]> {
    return (await this.persons(region, ids)).filter((person) => person !== undefined)
  }
}

const byName = (a: Person, b: Person): number => a.name.localeCompare(b.name, 'fr') || (a.id < b.id ? -1 : 1)
