/** What all parts of the queue stand on: Redis and its clock, the settings, the calendars, and the records. */
import { alwaysOpen, type RegionCalendars } from '../calendar/region.ts'
import type { RegionSettings } from '../protocol/callback-settings.ts'
import { type CallbackState, VisavisError } from '../protocol/index.ts'
import { emptiest } from '../store/emptiest.ts'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { Acts } from './acts.ts'
import { Availability } from './availability.ts'
import { type CallbackRecord, cannotMove, decodeRecord } from './callback.ts'
import { Clock } from './clock.ts'
import { bodyField, queueKeys } from './keys.ts'
import { Policies } from './policies.ts'
import type { Planning } from './schedule.ts'
import type { Outcome } from './scripts.ts'

export interface BaseOptions {
  readonly client: RedisClient
  /** More connections to the same Redis, for when much is asked at once: acts that nobody waits for may then overtake. */
  readonly further?: readonly RedisClient[]
  /** When a region is open. Default: always. */
  readonly calendars?: ((region: string) => RegionCalendars) | undefined
  /** Whether somebody stands in for an advisor at the moment. Default: nobody does. */
  readonly isCovered?: ((region: string, advisor: string) => Promise<boolean>) | undefined
}

/** Whose queue a callback is in. */
export interface Owner {
  readonly advisor: string
  readonly team?: string | undefined
  /** Whether somebody stands in for them now, where that is known already. */
  readonly covered?: boolean
}

export class Base {
  readonly #first: RedisClient
  readonly #further: readonly RedisClient[]
  #turn = 0
  readonly clock: Clock
  readonly policies: Policies
  readonly availability: Availability
  readonly acts: Acts
  readonly calendars: (region: string) => RegionCalendars
  readonly #isCovered: (region: string, advisor: string) => Promise<boolean>

  constructor({ client, further = [], calendars, isCovered = async () => false }: BaseOptions) {
    this.#first = client
    this.#further = further
    this.clock = new Clock(client)
    this.policies = new Policies(client)
    this.availability = new Availability(client)
    const open = alwaysOpen('UTC')
    this.calendars = calendars ?? (() => open)
    this.acts = new Acts({
      client: () => this.#nextClient(),
      dateOf: async (region) =>
        this.calendars(region)
          .of()
          .dateOf(await this.clock.now()),
    })
    this.#isCovered = isCovered
  }

  /** For the next act. */
  get client(): RedisClient {
    return emptiest(this.#first, this.#further)
  }

  /** For many acts together: of each connection Redis reads a few of those before it waits for the disk. */
  #nextClient(): RedisClient {
    const ready = this.#further.filter(({ status }) => status === 'ready')
    this.#turn = (this.#turn + 1) % (ready.length + 1)
    return ready[this.#turn] ?? this.#first
  }

  /** What plans of a callback in this queue need to know. Every plan has a step for whoever stands in at that moment. */
  async planning(
    region: string,
    { advisor, team, covered: known }: Owner,
  ): Promise<{ planning: Planning; settings: RegionSettings; now: number }> {
    const [now, settings, covered] = await Promise.all([
      this.clock.now(),
      this.policies.region(region),
      known ?? this.#isCovered(region, advisor),
    ])
    const calendar = this.calendars(region).of(team)
    return { planning: { calendar, settings, covered, inTeam: team !== undefined }, settings, now }
  }

  /** The message of whoever has paused the region or the team. */
  async paused(region: string, whose: string): Promise<string | undefined> {
    const stored = await outageAware(this.client.hmget(queueKeys(region).figures, 'pause|', `pause|${whose}`))
    const json = stored.find((found) => found !== null)
    return json === undefined || json === null ? undefined : (JSON.parse(json) as { message: string }).message
  }

  /** Those that there are, in the order asked for. */
  async records(region: string, ids: readonly string[]): Promise<CallbackRecord[]> {
    if (ids.length === 0) return []
    const fields = ids.flatMap((id) => [id, bodyField(id)])
    const stored = await outageAware(this.client.hmget(queueKeys(region).records, ...fields))
    return ids.flatMap((_, n) => {
      const [text, body] = stored.slice(2 * n, 2 * n + 2)
      if (text === undefined || text === null) return []
      return decodeRecord(body === undefined || body === null ? [text] : [text, body])
    })
  }

  /** @throws VisavisError NOT_FOUND. */
  async record(region: string, id: string): Promise<CallbackRecord> {
    const [record] = await this.records(region, [id])
    if (record === undefined) throw missing(id)
    return record
  }
}

export const missing = (id: string) => new VisavisError('NOT_FOUND', `there is no callback ${id}`)

export const full = () => new VisavisError('CONFLICT', 'that window is full', { details: { path: '/window' } })

/** @throws VisavisError for every outcome but `ok`. */
export function changed(outcome: Outcome, id: string, to: CallbackState): CallbackRecord {
  if (outcome.is === 'ok') return outcome.record
  if (outcome.is === 'missing') throw missing(id)
  if (outcome.is === 'conflict') throw cannotMove(id, outcome.state, to)
  if (outcome.is === 'full') throw full()
  if (outcome.is === 'busy') throw new VisavisError('CONFLICT', 'no more callbacks at the same time')
  throw new VisavisError('GONE', `the offer of callback ${id} is over`)
}

/** For what may have ended on its own meanwhile. */
export function ignoreConflict(error: unknown): void {
  if (!(error instanceof VisavisError) || error.code !== 'CONFLICT') throw error
}
