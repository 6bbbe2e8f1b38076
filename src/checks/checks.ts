/** What checks of devices and network have found, per person: the newest few, for a year. */
import { judge, type Measured } from '../protocol/check-rule.ts'
import { type CheckReport, VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import { fenceKey } from '../store/fence.ts'
import type { RedisClient } from '../store/redis.ts'
import { checkKeys } from './keys.ts'
import * as scripts from './scripts.ts'

/** With the key of the act that handed it in. */
export type StoredReport = CheckReport & { readonly key: string }

export interface ChecksOptions {
  readonly client: RedisClient
  readonly now?: () => number
}

export interface Whose {
  readonly region: string
  readonly person: string
}

/** Of one person. Somebody who tries one thing after the other needs a few; a script that makes them all day does not. */
const mostStarts = { count: 30, withinMs: 60 * 60_000 }
const mostReports = 10
const keptMs = 365 * 24 * 60 * 60_000

/** With Redis away, every method throws UNAVAILABLE and may be repeated. */
export class Checks {
  readonly #client: RedisClient
  readonly #now: () => number

  constructor({ client, now = Date.now }: ChecksOptions) {
    this.#client = client
    this.#now = now
  }

  /** Somebody begins a test call. @throws VisavisError RATE_LIMITED when they have begun many already. */
  async begin({ region, person }: Whose): Promise<void> {
    const { count, withinMs } = mostStarts
    const waitMs = await scripts.begin(this.#client, [checkKeys(region, person).starts], [count, withinMs])
    // UNAVAILABLE would be tried again at once by every client; this is told to the person.
    if (waitMs > 0)
      throw new VisavisError('CONFLICT', `at most ${count} test calls an hour`, { details: { waitMs, most: count } })
  }

  /** Stores it as the newest. A repeat with the same key returns the first. @throws VisavisError GONE for an erased person. */
  async report({ region, person }: Whose, key: string, measured: Measured): Promise<CheckReport> {
    const report = this.judged(measured)
    const stored = await scripts.report(
      this.#client,
      [checkKeys(region, person).reports, fenceKey(region)],
      [person, key, JSON.stringify({ ...report, key }), mostReports, keptMs],
    )
    if (stored === undefined) throw new VisavisError('GONE', 'this person was erased')
    return shown(JSON.parse(stored) as StoredReport)
  }

  /** What follows from what was measured now; stored nowhere. */
  judged(measured: Measured): CheckReport {
    const { outcome, advice } = judge(measured)
    const { network, ...rest } = measured
    return {
      at: this.#now(),
      outcome,
      advice: [...advice],
      measured: { ...rest, ...(network === undefined ? {} : { network }) },
    }
  }

  /** The newest report, if there is any. */
  async last({ region, person }: Whose): Promise<CheckReport | undefined> {
    const json = await outageAware(this.#client.lindex(checkKeys(region, person).reports, 0))
    return json === null ? undefined : shown(JSON.parse(json) as StoredReport)
  }

  /** Newest first. */
  async all({ region, person }: Whose): Promise<CheckReport[]> {
    const stored = await outageAware(this.#client.lrange(checkKeys(region, person).reports, 0, -1))
    return stored.map((json) => shown(JSON.parse(json) as StoredReport))
  }

  /** Nothing is left of a person. Repeating is harmless. */
  async forget({ region, person }: Whose): Promise<void> {
    const { reports, starts } = checkKeys(region, person)
    await outageAware(this.#client.unlink(reports, starts))
  }
}

const shown = ({ key: _key, ...report }: StoredReport): CheckReport => report
