/** Who waits before which room. In Redis, so that a place survives connection and node. */
import { VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { lobbyKeys } from './keys.ts'
import * as scripts from './scripts.ts'
import { type Act, after, type Visit, type Visitor } from './visit.ts'

export interface LobbyOptions {
  readonly client: RedisClient
  /** Awaited by whoever acts; what it throws makes them try again, and it comes again. */
  readonly onVisit?: (change: VisitChanged) => Promise<void>
  readonly now?: () => number
}

/** Told to all nodes: something in the lobbies of a region is not as it was. */
export interface LobbyFact {
  readonly region: string
  /** This person was sent out for good. */
  readonly removed?: string
}

/** What somebody has done to a visit. */
export interface VisitChanged {
  readonly region: string
  readonly act: 'arrive' | 'admit' | 'leave' | 'forget'
  /** As it is then; of one that has ended as it was. */
  readonly visit: Visit
}

/** How often a decision is made anew because somebody else was faster. */
const tries = 5
/** How long a talk counts without a further word of its node, and how often the node says it (ms). */
export const talkMs = { counts: 30_000, every: 10_000 }

/** With Redis away, every method throws UNAVAILABLE and may be repeated. */
export class Lobby {
  readonly #client: RedisClient
  readonly #now: () => number
  readonly #onVisit: (change: VisitChanged) => Promise<void>

  constructor({ client, now = Date.now, onVisit = async () => {} }: LobbyOptions) {
    this.#client = client
    this.#onVisit = onVisit
    this.#now = now
  }

  /** Arriving again gives the same place. @throws VisavisError FORBIDDEN for somebody who was sent out. */
  async arrive(region: string, visitor: Visitor): Promise<Visit> {
    const visit = await this.#change(region, visitor, { type: 'arrive', visitor })
    if (visit === undefined) throw new Error('nobody arrives without a visit')
    return visit
  }

  /** @throws VisavisError GONE when they do not wait any more; CONFLICT for somebody who was sent out. */
  async admit(region: string, place: Place, by: string): Promise<void> {
    await this.#change(region, place, { type: 'admit', by })
  }

  /** For good. @throws VisavisError GONE when they are not there. */
  async remove(region: string, place: Place, by: string): Promise<void> {
    await this.#change(region, place, { type: 'remove', by })
  }

  /** By their own will. Harmless when they are not there. */
  async leave(region: string, place: Place): Promise<void> {
    await this.#change(region, place, { type: 'leave' })
  }

  /** They have been away for long. */
  async forget(region: string, place: Place): Promise<void> {
    await this.#change(region, place, { type: 'forget' })
  }

  /** The room has another advisor: whoever waits does so in their line, with the time of their arrival. */
  async follow(region: string, room: string, advisor: string): Promise<void> {
    for (const visit of await this.visits(region))
      if (visit.room === room) await this.#change(region, visit, { type: 'follow', advisor })
  }

  async visit(region: string, { room, person }: Place): Promise<Visit | undefined> {
    const json = await outageAware(this.#client.hget(lobbyKeys(region).visits, fieldOf(room, person)))
    return json === null ? undefined : (JSON.parse(json) as Visit)
  }

  /** Everybody of a region. The cost grows with those who are in its lobbies and talks at the moment. */
  async visits(region: string): Promise<Visit[]> {
    const stored = await outageAware(this.#client.hvals(lobbyKeys(region).visits))
    return stored.map((json) => JSON.parse(json) as Visit)
  }

  /** What there is of a person: where they wait, and who waits before their own room. */
  async visitsOf(region: string, person: string): Promise<Visit[]> {
    return (await this.visits(region)).filter((visit) => visit.person === person || visit.room === person)
  }

  /** Nothing is left of a person, and nothing of the lobby of a room that is theirs. Repeating is harmless. */
  async erase(region: string, person: string): Promise<void> {
    const { visits, log, nudge } = lobbyKeys(region)
    const fact: LobbyFact = { region }
    for (const visit of await this.visitsOf(region, person)) {
      const field = fieldOf(visit.room, visit.person)
      const before = await outageAware(this.#client.hget(visits, field))
      await scripts.write(this.#client, [visits, log, nudge], [field, before ?? '', '', JSON.stringify(fact)])
    }
  }

  /** Said again every `talkMs.every`, as long as the advisor is in the room. */
  async talks(region: string, { advisor, room, session }: Talk, present: boolean): Promise<void> {
    const { talks, log, nudge } = lobbyKeys(region)
    const fact: LobbyFact = { region }
    const now = this.#now()
    const untilAt = present ? now + talkMs.counts : 0
    await scripts.talk(
      this.#client,
      [talks, log, nudge],
      [`${advisor}/${room}/${session}`, now, untilAt, JSON.stringify(fact)],
    )
  }

  /** The rooms in which advisors of a region are at the moment. */
  async inTalk(region: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const members = await outageAware(this.#client.zrangebyscore(lobbyKeys(region).talks, this.#now(), '+inf'))
    const rooms = new Map<string, Set<string>>()
    for (const member of members) {
      const [advisor = '', room = ''] = member.split('/')
      const known = rooms.get(advisor)
      if (known === undefined) rooms.set(advisor, new Set([room]))
      else known.add(room)
    }
    return rooms
  }

  async #tell(region: string, { type: act }: Act, visit: Visit | undefined): Promise<void> {
    if (visit === undefined || act === 'remove' || act === 'follow') return
    await this.#onVisit({ region, act, visit })
  }

  async #change(region: string, { room, person }: Place, act: Act): Promise<Visit | undefined> {
    const { visits, log, nudge } = lobbyKeys(region)
    const field = fieldOf(room, person)
    const fact: LobbyFact = { region, ...(act.type === 'remove' ? { removed: person } : {}) }
    for (let n = 0; n < tries; n += 1) {
      const before = await outageAware(this.#client.hget(visits, field))
      const known = before === null ? undefined : (JSON.parse(before) as Visit)
      const next = after(known, act, this.#now())
      if (next === known) {
        await this.#tell(region, act, next)
        return known
      }
      const text = next === undefined ? '' : JSON.stringify(next)
      const args = [field, before ?? '', text, JSON.stringify(fact)] as const
      if (!(await scripts.write(this.#client, [visits, log, nudge], [...args]))) continue
      await this.#tell(region, act, next ?? known)
      return next
    }
    throw new VisavisError('UNAVAILABLE', 'the lobby is changed by too many at once', { retryAfterMs: 100 })
  }
}

/** Whose visit. */
export interface Place {
  readonly room: string
  readonly person: string
}

/** An advisor in a room. */
export interface Talk {
  readonly advisor: string
  readonly room: string
  readonly session: string
}

/** Neither has a slash. */
const fieldOf = (room: string, person: string): string => `${room}/${person}`
