/**
 * Who holds which room: a lease in Redis that its node renews, and that ends by itself on Redis's clock when the node is dead or
 * cut off. All of a region's leases are in one slot, so what a join or a renewal costs is one script.
 */
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { holdingKeys } from './keys.ts'
import * as scripts from './scripts.ts'

/** A node as the others reach it. */
export interface Address {
  /** Unique to this run of the node, without a space. */
  readonly node: string
  /** Under which browsers open connections to this very node. */
  readonly url: string
}

export interface HoldersOptions {
  readonly client: RedisClient
  readonly self: Address
  /** How long a lease lasts without a renewal (ms). */
  readonly leaseMs: number
}

/** Time for a node that was given a room to take it up: the first who comes there makes it claim the room itself (ms). */
const givenMs = 3_000
/** Rooms in one run of a script. */
const batch = 200

/** With Redis away, every method throws UNAVAILABLE and may be repeated. */
export class Holders {
  readonly #options: HoldersOptions
  readonly #self: string

  constructor(options: HoldersOptions) {
    this.#options = options
    this.#self = write(options.self)
  }

  /** @returns who holds the room now: somebody who did already, or else `wanted`, if there is one. */
  async claim(region: string, room: string, wanted: Address | undefined): Promise<Address | undefined> {
    const { until, holders } = holdingKeys(region)
    const { client, self, leaseMs } = this.#options
    const own = wanted?.node === self.node
    const args = [room, wanted === undefined ? '' : write(wanted), own ? leaseMs : givenMs, own ? '1' : '0'] as const
    const holder = await scripts.claim(client, [until, holders], [...args])
    return holder === undefined ? undefined : read(holder)
  }

  find(region: string, room: string): Promise<Address | undefined> {
    return this.claim(region, room, undefined)
  }

  /** @returns those of the rooms that another node holds. */
  async renew(region: string, rooms: readonly string[]): Promise<string[]> {
    const { until, holders } = holdingKeys(region)
    const { client, leaseMs } = this.#options
    const lost = await Promise.all(
      batches(rooms).map((some) => scripts.renew(client, [until, holders], [this.#self, leaseMs, ...some])),
    )
    return lost.flat()
  }

  async release(region: string, rooms: readonly string[]): Promise<void> {
    const { until, holders } = holdingKeys(region)
    for (const some of batches(rooms))
      await scripts.release(this.#options.client, [until, holders], [this.#self, ...some])
  }

  /** @param by who was in it first; undefined when nobody is in it any more. */
  async activate(region: string, room: string, by: string | undefined): Promise<void> {
    const { holders, active, log, nudge } = holdingKeys(region)
    const data = { room, active: by !== undefined, ...(by === undefined ? {} : { by }) }
    const frame = JSON.stringify({ event: 'room.activated', data })
    await scripts.activate(this.#options.client, [holders, active, log, nudge], [room, this.#self, by ?? '', frame])
  }

  /** Those of the rooms that somebody is in, on whatever node. */
  async active(region: string, rooms: readonly string[]): Promise<{ room: string; by: string }[]> {
    if (rooms.length === 0) return []
    const found = await outageAware(this.#options.client.hmget(holdingKeys(region).active, ...rooms))
    return rooms.flatMap((room, n) => {
      const by = found[n] ?? null
      return by === null ? [] : [{ room, by }]
    })
  }

  /** Forgets the rooms of a region whose holder is silent. */
  async sweep(region: string): Promise<void> {
    const { until, holders, active, log, nudge } = holdingKeys(region)
    while ((await scripts.sweep(this.#options.client, [until, holders, active, log, nudge], [batch])) === batch);
  }
}

const write = ({ node, url }: Address): string => `${node} ${url}`

function read(text: string): Address {
  const space = text.indexOf(' ')
  return { node: text.slice(0, space), url: text.slice(space + 1) }
}

const batches = (rooms: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(rooms.length / batch) }, (_, n) => rooms.slice(n * batch, (n + 1) * batch))
