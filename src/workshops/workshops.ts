/** Workshops of all regions: planning them, their places, and who has the floor. In Redis, so that no node keeps any of it. */
import { createHash } from 'node:crypto'
import { VisavisError, type Workshop } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { emptyFloor, type Floor, type FloorAct, after as floorAfter } from './floor.ts'
import { membersOf, padded, workshopKeys } from './keys.ts'
import * as scripts from './scripts.ts'
import { type Act, after, shownTo, taken, type WorkshopRecord } from './workshop.ts'

export interface WorkshopsOptions {
  readonly client: RedisClient
  /** How many may have the floor of one at a time. */
  readonly mostSpeakers: number
  readonly now?: () => number
}

export interface Draft
  extends Pick<
    WorkshopRecord,
    'title' | 'description' | 'language' | 'advisor' | 'advisorName' | 'from' | 'capacity' | 'open'
  > {
  readonly key: string
  readonly lengthMs: number
}

/** Told to all nodes. */
export interface WorkshopFact {
  readonly region: string
  readonly id: string
}

/** Whose act, and the key by which a repeat is known; without one it may be repeated as it is. */
export interface Acting {
  readonly by: string
  readonly key?: string
}

/** How often a decision is made anew because somebody else was faster: fifty people may sign up in one moment. */
const tries = 60
/** Keys are remembered for longer than any client retries. */
const rememberMs = 48 * 60 * 60 * 1_000
const dayMs = 24 * 60 * 60 * 1_000
/** No workshop is longer, its grace included. */
const longestMs = 8 * 60 * 60 * 1_000
/** Of one list that are shown. */
const mostShown = 200
/** Looked at by one call of `expire`. */
const expireLimit = 100

/** With Redis away, every method throws VisavisError UNAVAILABLE and may be repeated. */
export class Workshops {
  readonly #client: RedisClient
  readonly mostSpeakers: number
  readonly #now: () => number

  constructor({ client, mostSpeakers, now = Date.now }: WorkshopsOptions) {
    this.#client = client
    this.mostSpeakers = mostSpeakers
    this.#now = now
  }

  /** The same key of the same advisor is the same workshop. @throws VisavisError BAD_REQUEST for a time that is past. */
  async create(
    region: string,
    { key, lengthMs, ...draft }: Draft,
  ): Promise<{ record: WorkshopRecord; created: boolean }> {
    const digest = createHash('sha256').update(`${region}/${draft.advisor}/${key}`).digest('hex')
    const id = `workshop-${digest.slice(0, 32)}`
    const known = await this.find(region, id)
    if (known !== undefined) return { record: known, created: false }
    const now = this.#now()
    if (draft.from <= now) throw new VisavisError('BAD_REQUEST', 'that time is past', { details: { path: '/from' } })
    const record: WorkshopRecord = {
      ...wellFormed(draft),
      id,
      until: draft.from + lengthMs,
      ...{ state: 'planned', sequence: 0, changedAt: now, seats: 0, places: [] },
    }
    const outcome = await this.#write(region, { id, before: '', next: record }, { by: draft.advisor })
    if (outcome === 'erased') throw erased()
    return { record: outcome === 'stored' ? record : await this.get(region, id), created: outcome === 'stored' }
  }

  async find(region: string, id: string): Promise<WorkshopRecord | undefined> {
    return decode((await this.#stored(region, id))[0])
  }

  /** @throws VisavisError NOT_FOUND. */
  async get(region: string, id: string): Promise<WorkshopRecord> {
    const record = await this.find(region, id)
    if (record === undefined) throw missing(id)
    return record
  }

  /** @returns the workshop as it is then. @throws VisavisError of workshop.ts; NOT_FOUND; GONE for somebody erased. */
  async change(region: string, id: string, act: Act, acting: Acting): Promise<WorkshopRecord> {
    const acted = acting.key === undefined ? undefined : workshopKeys(region).acted(acting.by, acting.key)
    for (let n = 0; n < tries; n += 1) {
      const [text] = await this.#stored(region, id)
      const record = decode(text)
      if (record === undefined) throw missing(id)
      // Before it is decided: what was done already may be impossible by now.
      if (acted !== undefined && (await outageAware(this.#client.exists(acted))) === 1) return record
      const next = after(record, act, this.#now())
      if (next === record) return record
      const outcome = await this.#write(region, { id, before: text ?? '', next }, acting)
      if (outcome === 'stored') return next
      if (outcome === 'erased') throw erased()
    }
    throw busy()
  }

  /** Those with a place for a jobseeker, that were not over yesterday, the earliest first. */
  ofJobseeker(region: string, jobseeker: string): Promise<WorkshopRecord[]> {
    return this.#listed(region, `j|${jobseeker}|`)
  }

  ofAdvisor(region: string, advisor: string): Promise<WorkshopRecord[]> {
    return this.#listed(region, `a|${advisor}|`)
  }

  /** Those for which anybody of the region may sign up. */
  async open(region: string): Promise<WorkshopRecord[]> {
    return (await this.#listed(region, 'o|')).filter(({ until }) => until > this.#now())
  }

  async floor(region: string, id: string): Promise<Floor> {
    return decodeFloor((await this.#stored(region, id))[1])
  }

  /** @returns the floor as it is then. @throws VisavisError CONFLICT when full; NOT_FOUND. */
  async changeFloor(region: string, id: string, act: FloorAct, { by, key }: Acting): Promise<Floor> {
    const { records, floors, acted } = workshopKeys(region)
    const remembered = acted(by, key ?? '')
    for (let n = 0; n < tries; n += 1) {
      const [, text] = await this.#stored(region, id)
      const floor = decodeFloor(text)
      if (key !== undefined && (await outageAware(this.#client.exists(remembered))) === 1) return floor
      const next = floorAfter(floor, act, { now: this.#now(), most: this.mostSpeakers })
      if (next === floor) return floor
      const outcome = await scripts.writeFloor(
        this.#client,
        [records, floors, remembered],
        [id, text ?? '', JSON.stringify(next), key === undefined ? 0 : rememberMs],
      )
      if (outcome === 'stored') return next
      if (outcome === 'gone') throw missing(id)
    }
    throw busy()
  }

  /** Whoever leaves the scheme has no place in what lies ahead. Repeating is harmless. */
  async leave(region: string, jobseeker: string): Promise<void> {
    for (const { id } of await this.ofJobseeker(region, jobseeker))
      await this.change(region, id, { type: 'decline', person: jobseeker }, { by: jobseeker })
  }

  /** Those of which somebody is to be written to. */
  async due(region: string): Promise<{ id: string; score: string }[]> {
    const found = await outageAware(
      this.#client.zrange(workshopKeys(region).due, 0, '+inf', 'BYSCORE', 'LIMIT', 0, mostShown, 'WITHSCORES'),
    )
    return found.flatMap((id, n) => (n % 2 === 0 ? [{ id, score: found[n + 1] ?? '' }] : []))
  }

  /** That was done. One that has changed since stays due. */
  async settle(region: string, id: string, score: string): Promise<void> {
    await scripts.settle(this.#client, [workshopKeys(region).due], [id, score])
  }

  /** How many are on record with somebody in them. */
  async count(region: string, person: string): Promise<number> {
    return (await this.#idsOf(region, person)).length
  }

  /** Nothing of somebody stays in any workshop; their own go, called off first. Repeating is harmless. */
  async forget(region: string, person: string): Promise<void> {
    const { records } = workshopKeys(region)
    const now = this.#now()
    // Also where they were sent out, which no list tells.
    for (const text of await outageAware(this.#client.hvals(records))) {
      const record = decode(text)
      if (record === undefined) continue
      if (record.advisor === person) {
        const ahead = record.state === 'planned' && record.until > now
        if (ahead) await this.change(region, record.id, { type: 'cancel', reason: '' }, { by: person })
        await this.#remove(region, record.id)
      } else await this.change(region, record.id, { type: 'forget', person }, { by: person })
    }
  }

  /** Removes those that began before a moment (ms), some at a time. @returns how many went. */
  async expire(region: string, before: number): Promise<number> {
    const { lists } = workshopKeys(region)
    const range = ['[e|', `(e|${padded(before)}`] as const
    const members = await outageAware(this.#client.zrangebylex(lists, ...range, 'LIMIT', 0, expireLimit))
    for (const member of members) await this.#remove(region, idOf(member))
    return members.length
  }

  /** Everything there is about somebody's workshops, for an export: nothing of the others in them. */
  async everyOf(region: string, person: string): Promise<Workshop[]> {
    const records = await this.#records(region, await this.#idsOf(region, person))
    return records.map((record) => shownTo(record, person))
  }

  async #idsOf(region: string, person: string): Promise<string[]> {
    const { lists } = workshopKeys(region)
    const found = await outageAware(
      Promise.all(
        ['a', 'j'].map((list) => this.#client.zrangebylex(lists, `[${list}|${person}|`, `(${list}|${person}}`)),
      ),
    )
    return found.flat().map(idOf)
  }

  async #listed(region: string, begins: string): Promise<WorkshopRecord[]> {
    const { lists } = workshopKeys(region)
    const since = padded(this.#now() - dayMs - longestMs)
    // '}' comes after '|'.
    const last = `(${begins.slice(0, -1)}}`
    const members = await outageAware(
      this.#client.zrangebylex(lists, `[${begins}${since}`, last, 'LIMIT', 0, mostShown),
    )
    const records = await this.#records(region, members.map(idOf))
    return records.filter(({ until }) => until > this.#now() - dayMs)
  }

  async #records(region: string, ids: readonly string[]): Promise<WorkshopRecord[]> {
    if (ids.length === 0) return []
    const stored = await outageAware(this.#client.hmget(workshopKeys(region).records, ...ids))
    return stored.flatMap((text) => decode(text) ?? [])
  }

  async #stored(region: string, id: string): Promise<[record: string | null, floor: string | null]> {
    const { records, floors } = workshopKeys(region)
    return outageAware(Promise.all([this.#client.hget(records, id), this.#client.hget(floors, id)]))
  }

  async #remove(region: string, id: string): Promise<void> {
    const [text] = await this.#stored(region, id)
    if (text !== null) await this.#write(region, { id, before: text, next: undefined }, { by: '' })
  }

  async #write(region: string, change: Change, { by, key }: Acting) {
    const { id, before: was, next } = change
    const { records, floors, lists, acted, erased: fenced, due, feeds, log, nudge } = workshopKeys(region)
    const before = decode(was === '' ? null : was)
    const [out, into] = [before, next].map((record) => new Set(record === undefined ? [] : membersOf(record)))
    const members = {
      out: [...(out ?? [])].filter((member) => into?.has(member) !== true),
      into: [...(into ?? [])].filter((member) => out?.has(member) !== true),
    }
    const fact: WorkshopFact = { region, id }
    return scripts.write(
      this.#client,
      [records, floors, lists, acted(by, key ?? ''), fenced, due, feeds, log, nudge],
      [
        ...([id, was, next === undefined ? '' : JSON.stringify(next), JSON.stringify(members)] as const),
        ...([
          JSON.stringify(newcomers(before, next)),
          JSON.stringify(told(before, next)),
          JSON.stringify(fact),
        ] as const),
        key === undefined ? 0 : rememberMs,
        isToBeWritten(before, next) ? (next?.changedAt ?? '') : '',
      ],
    )
  }
}

interface Change {
  readonly id: string
  /** As it was read; '' for none. */
  readonly before: string
  readonly next: WorkshopRecord | undefined
}

/** Somebody was invited, or all of it has changed. Whoever signs up knows it. */
const isToBeWritten = (before: WorkshopRecord | undefined, next: WorkshopRecord | undefined): boolean =>
  before !== undefined &&
  next !== undefined &&
  (next.sequence !== before.sequence || invitedOf(next) > invitedOf(before))

const invitedOf = (record: WorkshopRecord): number => taken(record).filter(({ by }) => by === 'invited').length

function newcomers(before: WorkshopRecord | undefined, next: WorkshopRecord | undefined): string[] {
  const known = new Set(before?.places.map(({ person }) => person))
  const there = [
    ...(next?.places.map(({ person }) => person) ?? []),
    ...(before === undefined && next ? [next.advisor] : []),
  ]
  return there.filter((person) => !known.has(person))
}

/** Its advisor of everything; whoever has or had a place of what concerns all of them, or themselves. */
function told(before: WorkshopRecord | undefined, next: WorkshopRecord | undefined): [string, string, string][] {
  if (next === undefined) return []
  const forAll = before?.sequence !== next.sequence
  const people = new Set([...(before === undefined ? [] : taken(before)), ...taken(next)].map(({ person }) => person))
  const concerned = [...people].filter(
    (person) => forAll || before === undefined || ownPlace(before, person) !== ownPlace(next, person),
  )
  return [next.advisor, ...concerned].map((person) => [
    person,
    'workshop.changed',
    JSON.stringify({ workshop: shownTo(next, person) }),
  ])
}

const ownPlace = (record: WorkshopRecord, person: string): string => {
  const { place = '', shownAs = '' } = shownTo(record, person)
  return `${place}/${shownAs}`
}

/** The scripts read what hangs on this JSON, and a lone surrogate has no UTF-8. */
const wellFormed = <D extends object>(draft: D): D =>
  Object.fromEntries(
    Object.entries(draft)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'string' ? value.toWellFormed() : value]),
  ) as D

const decode = (text: string | null): WorkshopRecord | undefined =>
  text === null ? undefined : (JSON.parse(text) as WorkshopRecord)
const decodeFloor = (text: string | null): Floor => (text === null ? emptyFloor : (JSON.parse(text) as Floor))

/** The id in which a member of a list ends. */
const idOf = (member: string): string => member.slice(member.lastIndexOf('|') + 1)

const missing = (id: string) => new VisavisError('NOT_FOUND', `there is no workshop ${id}`)
const erased = () => new VisavisError('GONE', 'somebody of them was erased')
const busy = () => new VisavisError('UNAVAILABLE', 'the workshop is changed by too many at once', { retryAfterMs: 200 })
