/** The settings of regions and teams, as supervisors and the agency's systems have set them. */
import type { RegionSettings, TeamSettings } from '../protocol/callback-settings.ts'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { queueKeys } from './keys.ts'
import { teamKey } from './matching.ts'
import { checkRegionSettings, regionDefaults, teamDefaults } from './settings.ts'

/** A change made on another node is seen here so late, at most. */
const trustMs = 2_000

interface Known {
  readonly value: Promise<unknown>
  readonly readAt: number
}

export class Policies {
  readonly #client: RedisClient
  readonly #known = new Map<string, Known>()

  constructor(client: RedisClient) {
    this.#client = client
  }

  async region(region: string): Promise<RegionSettings> {
    return this.#read(region, '', regionDefaults)
  }

  async team(region: string, team: string | undefined): Promise<TeamSettings> {
    return team === undefined ? teamDefaults : this.#read(region, teamKey(team), teamDefaults)
  }

  /** @throws VisavisError BAD_REQUEST when they allow a longer wait than the maximum they state. */
  async setRegion(region: string, changes: Partial<RegionSettings>): Promise<RegionSettings> {
    const settings = { ...(await this.region(region)), ...changes }
    checkRegionSettings(settings)
    await this.#write(region, '', settings)
    return settings
  }

  async setTeam(region: string, team: string, changes: Partial<TeamSettings>): Promise<TeamSettings> {
    const settings = { ...(await this.team(region, team)), ...changes }
    await this.#write(region, teamKey(team), settings)
    return settings
  }

  async #read<T>(region: string, whose: string, defaults: T): Promise<T> {
    const name = `${region}|${whose}`
    const known = this.#known.get(name)
    if (known !== undefined && performance.now() - known.readAt < trustMs) return known.value as Promise<T>
    const value = outageAware(this.#client.hget(queueKeys(region).figures, `settings|${whose}`)).then((json) => ({
      ...defaults,
      ...(json === null ? {} : (JSON.parse(json) as Partial<T>)),
    }))
    this.#known.set(name, { value, readAt: performance.now() })
    // What failed is asked for again.
    value.catch(() => this.#known.delete(name))
    return value
  }

  async #write(region: string, whose: string, settings: unknown): Promise<void> {
    await outageAware(this.#client.hset(queueKeys(region).figures, `settings|${whose}`, JSON.stringify(settings)))
    this.#known.delete(`${region}|${whose}`)
  }
}
