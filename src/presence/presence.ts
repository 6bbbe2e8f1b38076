/**
 * Who is there. A session is in Redis, with the node that holds its connection, so that it survives the connection and the
 * node, and so that a person with several devices shows as one. Without a connection it lives on for a grace: a short drop
 * is not an absence.
 */
import { randomUUID } from 'node:crypto'
import { type Presence as Shown, VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { beatsKey, presenceKeys } from './keys.ts'
import * as scripts from './scripts.ts'

export interface PresenceOptions {
  readonly client: RedisClient
  /** Unique to this run of this node, without a slash. */
  readonly node: string
  /** How long a session without a connection may be taken up again. */
  readonly graceMs: number
  readonly maxSessionsPerPerson: number
}

/** A person of a region. */
export interface Somebody {
  readonly region: string
  readonly person: string
}

export interface Detached {
  readonly session: string
  readonly connection: string
  /** The person left on purpose: there is nothing to wait for. */
  readonly ended: boolean
}

/** As attach.lua keeps it. */
interface Record {
  readonly shown: Shown['state']
  readonly seen?: number
}

/** Sessions handled by one run of a script. */
const batch = 200

/** With Redis away, every method throws UNAVAILABLE and may be repeated. */
export class Presence {
  readonly node: string
  readonly #options: PresenceOptions

  constructor(options: PresenceOptions) {
    this.node = options.node
    this.#options = options
  }

  /**
   * A connection to this node takes up `wanted`, if that is a living session of this person, or begins a new one.
   * @returns `heldBy`: the node that still believed to hold the session.
   * @throws VisavisError RATE_LIMITED when the person has too many devices connected.
   */
  async attach({ region, person }: Somebody, connection: string, wanted: string | undefined) {
    const { client, node, maxSessionsPerPerson: most, graceMs } = this.#options
    const { sessions, due, places, log, nudge } = presenceKeys(region)
    const attached = await scripts.attach(
      client,
      [sessions, due, places, log, nudge],
      [person, wanted ?? '', randomUUID(), node, connection, most],
    )
    if (attached.is === 'ok') return attached
    throw new VisavisError('RATE_LIMITED', `${person} is connected ${attached.sessions} times already`, {
      details: { limit: 'sessionsPerPerson', most },
      retryAfterMs: graceMs,
    })
  }

  /** Sessions of a region that have a connection, on all nodes. */
  connected(region: string): Promise<number> {
    return outageAware(this.#options.client.zcard(presenceKeys(region).places))
  }

  /** The connection is gone. Harmless when another one has taken the session up. */
  async detach({ region, person }: Somebody, { session, connection, ended }: Detached): Promise<void> {
    const { client, node, graceMs } = this.#options
    const { sessions, due, places, log, nudge } = presenceKeys(region)
    const grace = ended ? 0 : graceMs
    await scripts.detach(client, [sessions, due, places, log, nudge], [person, session, node, connection, grace])
  }

  async setAway({ region, person }: Somebody, session: string, away: boolean): Promise<void> {
    const { sessions, log, nudge } = presenceKeys(region)
    await scripts.setAway(this.#options.client, [sessions, log, nudge], [person, session, away ? '1' : '0'])
  }

  /** How these people show, in the order given. */
  async of(region: string, people: readonly string[]): Promise<Shown[]> {
    if (people.length === 0) return []
    const stored = await outageAware(this.#options.client.hmget(presenceKeys(region).sessions, ...people))
    return people.map((person, n) => toShown(person, stored[n] ?? null))
  }

  /** Nothing is known any more of when somebody was here. Repeating is harmless. */
  async forget({ region, person }: Somebody): Promise<void> {
    const { sessions, due, places } = presenceKeys(region)
    await scripts.forget(this.#options.client, [sessions, due, places], [person])
  }

  /** Ends the sessions of a region whose grace is over. @returns how many. */
  async expire(region: string): Promise<number> {
    const { sessions, due, log, nudge } = presenceKeys(region)
    for (let ended = 0; ; ) {
      const some = await scripts.expire(this.#options.client, [sessions, due, log, nudge], [batch])
      ended += some
      if (some < batch) return ended
    }
  }

  /** Says that this node lives, and learns which others do not. */
  beat(silenceMs: number): Promise<{ givenUp: boolean; sinceMs: number; dead: string[] }> {
    return scripts.beat(this.#options.client, [beatsKey], [this.node, silenceMs])
  }

  /** For a node that is alone on its Redis: whoever was there before it is dead. */
  async buryOthers(regions: readonly string[]): Promise<void> {
    for (const node of await outageAware(this.#options.client.zrange(beatsKey, '0', '-1')))
      if (node !== this.node) await this.bury(node, regions)
  }

  /** The connections of a dead node are gone, in all regions; the grace of its sessions begins now. */
  async bury(node: string, regions: readonly string[]): Promise<void> {
    const { client, graceMs } = this.#options
    for (const region of regions) {
      const { sessions, due, places, log, nudge } = presenceKeys(region)
      while ((await scripts.bury(client, [sessions, due, places, log, nudge], [node, graceMs, batch])) === batch);
    }
    await outageAware(client.zrem(beatsKey, node))
  }
}

function toShown(person: string, json: string | null): Shown {
  if (json === null) return { person, state: 'offline' }
  const { shown, seen } = JSON.parse(json) as Record
  return { person, state: shown, ...(shown === 'offline' && seen !== undefined ? { lastSeenAt: seen } : {}) }
}
