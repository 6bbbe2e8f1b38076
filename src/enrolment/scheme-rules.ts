/** What a region has decided about the scheme: whether it is open, how large portfolios may be, how many are certified. */
import { VisavisError } from '../protocol/index.ts'
import type { Capacity, SchemeSettings, StoredCapacity } from '../protocol/scheme.ts'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { regionKeys } from './keys.ts'
import * as scripts from './scripts.ts'

/** Until config/regions.json or a supervisor says otherwise. */
export const schemeDefaults: SchemeSettings = {
  status: 'open',
  pilotTeams: [],
  target: 100,
  ceiling: 10_000,
  joinFirst: false,
  checkRequired: false,
}

/** With each try one of all succeeds: so many at once are a fault. */
const mostTries = 100

export interface SchemeRulesOptions {
  readonly client: RedisClient
  /** By region: what config/regions.json says. */
  readonly written?: ReadonlyMap<string, Partial<SchemeSettings>>
}

/** As the scripts take them, in JSON. */
export interface Limits extends SchemeSettings {
  readonly capacity?: number
  readonly expiresAt?: number
}

export class SchemeRules {
  readonly #client: RedisClient
  readonly #written: ReadonlyMap<string, Partial<SchemeSettings>>

  constructor({ client, written = new Map() }: SchemeRulesOptions) {
    this.#client = client
    this.#written = written
  }

  async settings(region: string): Promise<SchemeSettings> {
    return this.#settled(region, await outageAware(this.#client.get(regionKeys(region).scheme)))
  }

  /**
   * What is not named stays, also where two people change something at once.
   * @throws VisavisError BAD_REQUEST for a target beyond the ceiling.
   */
  async set(region: string, changes: Partial<SchemeSettings>): Promise<SchemeSettings> {
    const { scheme } = regionKeys(region)
    for (let tries = 0; tries < mostTries; tries += 1) {
      const before = await outageAware(this.#client.get(scheme))
      const settings = { ...this.#settled(region, before), ...changes }
      const { target, ceiling } = settings
      if (target > ceiling) {
        throw new VisavisError('BAD_REQUEST', `the target (${target}) is beyond the ceiling (${ceiling})`, {
          details: { path: '/target' },
        })
      }
      if (await scripts.replaceSettings(this.#client, [scheme], [before ?? '', JSON.stringify(settings)]))
        return settings
    }
    throw new VisavisError('UNAVAILABLE', `too many change the scheme of ${region} at once`)
  }

  async capacity(region: string): Promise<StoredCapacity | undefined> {
    const json = await outageAware(this.#client.get(regionKeys(region).capacity))
    return json === null ? undefined : (JSON.parse(json) as StoredCapacity)
  }

  /** From now on no more than that are followed in a region. Whoever is, stays. */
  async capEnrolment(region: string, capacity: Capacity, by: string): Promise<StoredCapacity> {
    const stored = { ...capacity, setAt: Date.now(), setBy: by }
    await outageAware(this.#client.set(regionKeys(region).capacity, JSON.stringify(stored)))
    return stored
  }

  async uncap(region: string): Promise<void> {
    await outageAware(this.#client.del(regionKeys(region).capacity))
  }

  /** How many are in portfolios. */
  followed(region: string): Promise<number> {
    return outageAware(this.#client.zcard(regionKeys(region).portfolios))
  }

  /** All of it: one round trip. */
  async limits(region: string): Promise<Limits> {
    const { scheme, capacity } = regionKeys(region)
    const [settings, cap] = await outageAware(this.#client.mget(scheme, capacity))
    return { ...this.#settled(region, settings ?? null), ...(cap ? (JSON.parse(cap) as StoredCapacity) : {}) }
  }

  #settled(region: string, json: string | null): SchemeSettings {
    const set = json === null ? {} : (JSON.parse(json) as Partial<SchemeSettings>)
    return { ...schemeDefaults, ...this.#written.get(region), ...set }
  }
}
