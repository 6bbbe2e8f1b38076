/** Who stands in for whom, and when: the covers of each region. */
import { VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { type Cover, checkCover, decodeCover } from './cover.ts'
import { membersOf, regionKeys } from './keys.ts'
import * as scripts from './scripts.ts'

export type { Cover } from './cover.ts'

export interface CoversPage {
  /** Only those of this advisor. */
  readonly advisor?: string
  /** What `next` of the page before said. */
  readonly after?: string
  /** At least 1. */
  readonly limit: number
}

/** Covers kept of one advisor, and by one colleague: also what bounds the cost of a look at them. */
const mostPerPerson = 100
/** A page still shows a cover that has ended, and a late repeat does not make it anew. */
const keepMs = 30 * 24 * 60 * 60 * 1_000

export class Covers {
  readonly #client: RedisClient

  constructor({ client }: { client: RedisClient }) {
    this.#client = client
  }

  /**
   * Names somebody who stands in, or changes from when until when. Repeating it changes nothing, also after its end.
   * @throws VisavisError BAD_REQUEST (no period, too long, or over already), NOT_FOUND (either of them is no advisor of
   * the region), CONFLICT (it was taken back, or is a cover of or by others; or there are too many).
   */
  async put(given: Omit<Cover, 'endedAt'>): Promise<{ cover: Cover; changed: boolean }> {
    const { id, region, advisor, cover, from, until } = given
    checkCover(given)
    const { people, covers, coversOf, coversBy, feeds, log, nudge, turns } = regionKeys(region)
    const outcome = await scripts.putCover(
      this.#client,
      [people, covers, coversOf, coversBy, feeds, log, nudge, turns],
      [JSON.stringify({ id, region, advisor, cover, from, until }), mostPerPerson, keepMs],
    )
    switch (outcome.is) {
      case 'stored':
      case 'unchanged':
        return { cover: decodeCover(outcome.cover), changed: outcome.is === 'stored' }
      case 'past':
        throw new VisavisError('BAD_REQUEST', 'the cover is over already', { details: { path: '/until' } })
      case 'noAdvisor':
        throw new VisavisError('NOT_FOUND', `there is no advisor ${advisor} in ${region}`)
      case 'noCover':
        throw new VisavisError('NOT_FOUND', `there is no advisor ${cover} in ${region} who could stand in`)
      case 'ended':
        throw new VisavisError('CONFLICT', `cover ${id} was taken back; a new one needs a new id`)
      case 'other':
        throw new VisavisError('CONFLICT', `cover ${id} is of other advisors; a new one needs a new id`)
      case 'tooMany':
        throw new VisavisError(
          'CONFLICT',
          `an advisor has at most ${mostPerPerson} covers, past ones of a month included`,
        )
    }
  }

  /** Takes a cover back from now on; one that is over stays as it is. @throws VisavisError NOT_FOUND. */
  async end(region: string, id: string): Promise<Cover> {
    const { covers, feeds, log, nudge, turns } = regionKeys(region)
    const json = await scripts.endCover(this.#client, [covers, feeds, log, nudge, turns], [id])
    if (json === undefined) throw missing(id)
    return decodeCover(json)
  }

  /** @throws VisavisError NOT_FOUND. */
  async get(region: string, id: string): Promise<Cover> {
    const json = await outageAware(this.#client.hget(regionKeys(region).covers, id))
    if (json === null) throw missing(id)
    return decodeCover(json)
  }

  /** All covers of one advisor that are kept. */
  async of(region: string, advisor: string): Promise<Cover[]> {
    return (await this.list(region, { advisor, limit: mostPerPerson })).covers
  }

  /** All covers by one colleague that are kept. */
  async by(region: string, person: string): Promise<Cover[]> {
    const { covers, coversBy } = regionKeys(region)
    const members = await outageAware(this.#client.zrangebylex(coversBy, ...membersOf(person)))
    if (members.length === 0) return []
    const ids = members.map((member) => member.slice(person.length + 1))
    const stored = await outageAware(this.#client.hmget(covers, ...ids))
    return stored.filter((json) => json !== null).map(decodeCover)
  }

  /** A page of covers, in the order of the ids of those who are stood in for. */
  async list(region: string, { advisor, after, limit }: CoversPage): Promise<{ covers: Cover[]; next?: string }> {
    const { covers, coversOf } = regionKeys(region)
    const [first, end] = advisor === undefined ? ['-', '+'] : membersOf(advisor)
    const start = after === undefined ? first : `(${after}`
    // One more than wanted tells whether there is a next page.
    const found = await outageAware(this.#client.zrangebylex(coversOf, start, end, 'LIMIT', 0, limit + 1))
    const members = found.slice(0, limit)
    if (members.length === 0) return { covers: [] }
    const ids = members.map((member) => member.slice(member.indexOf('/') + 1))
    const stored = await outageAware(this.#client.hmget(covers, ...ids))
    const next = found.length > limit ? members.at(-1) : undefined
    return {
      covers: stored.filter((json) => json !== null).map(decodeCover),
      ...(next === undefined ? {} : { next }),
    }
  }
}

const missing = (id: string) => new VisavisError('NOT_FOUND', `there is no cover ${id}`)
