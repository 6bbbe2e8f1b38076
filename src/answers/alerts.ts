/**
 * Which jobseekers have waited so long for an answer that others were told, by region. An alert is an event in the feeds of
 * those it is for; it is kept until it ends, so that whoever signs in later sees what is open.
 */
import type { DataOf } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { alertKeys } from './keys.ts'
import * as scripts from './scripts.ts'

/** What people are told. */
export type Alert = DataOf<'chat.answerDue'>

export interface OpenAlert {
  readonly alert: Alert
  readonly told: readonly string[]
}

export interface Counts {
  /** Due within the lead, or with nobody to answer. */
  readonly due: number
  readonly overdue: number
}

/** With Redis away, every method throws VisavisError UNAVAILABLE and may be repeated. */
export class Alerts {
  readonly #client: RedisClient

  constructor({ client }: { client: RedisClient }) {
    this.#client = client
  }

  /** Tells those who were not told yet of this alert; what is kept of it is the newest. @returns whom. */
  put(region: string, alert: Alert, people: readonly string[]): Promise<string[]> {
    const { channel, waitingSince, overdue, answerers, dueAt } = alert
    const mark = `${waitingSince}/${overdue ? 'overdue' : 'due'}/${answerers.length === 0 ? 'nobody' : 'somebody'}`
    return scripts.alert(this.#client, keysOf(region), [channel, mark, JSON.stringify(alert), dueAt, ...people])
  }

  /** @returns whether there was one. */
  end(region: string, { channel, waitingSince }: Pick<Alert, 'channel' | 'waitingSince'>): Promise<boolean> {
    const data: DataOf<'chat.answerDueEnded'> = { channel, waitingSince }
    return scripts.end(this.#client, keysOf(region), [channel, waitingSince, JSON.stringify(data)])
  }

  /** Of a jobseeker who is erased. Repeating is harmless. */
  async forget(region: string, channel: string): Promise<void> {
    const found = await this.get(region, channel)
    if (found !== undefined) await this.end(region, found.alert)
    const { alerts, due } = alertKeys(region)
    await outageAware(this.#client.hdel(alerts, channel, `${channel}/mark`, `${channel}/told`))
    await outageAware(this.#client.zrem(due, channel))
  }

  async get(region: string, channel: string): Promise<OpenAlert | undefined> {
    const [found] = await this.#read(region, [channel])
    return found
  }

  /** Those that are open, the one that is due first at the beginning. */
  async list(region: string, skip: number, most: number): Promise<OpenAlert[]> {
    const channels = await outageAware(
      this.#client.zrange(alertKeys(region).due, String(skip), String(skip + most - 1)),
    )
    return this.#read(region, channels)
  }

  async count(regions: readonly string[], now: number): Promise<Counts> {
    const counts = regions.map(async (region) => {
      const { due } = alertKeys(region)
      return Promise.all([this.#client.zcount(due, `(${now}`, '+inf'), this.#client.zcount(due, '-inf', now)])
    })
    const found = await outageAware(Promise.all(counts))
    const sum = (of: 0 | 1) => found.reduce((total, pair) => total + pair[of], 0)
    return { due: sum(0), overdue: sum(1) }
  }

  async #read(region: string, channels: readonly string[]): Promise<OpenAlert[]> {
    if (channels.length === 0) return []
    const fields = channels.flatMap((channel) => [channel, `${channel}/told`])
    const stored = await outageAware(this.#client.hmget(alertKeys(region).alerts, ...fields))
    return channels.flatMap((_, n) => {
      const [json, told] = [stored[2 * n], stored[2 * n + 1]]
      // It may have ended between the two reads.
      if (json === null || json === undefined) return []
      return [{ alert: JSON.parse(json) as Alert, told: (told ?? '').split(' ') }]
    })
  }
}

function keysOf(region: string): [alerts: string, due: string, feeds: string, log: string, nudge: string] {
  const { alerts, due, feeds, log, nudge } = alertKeys(region)
  return [alerts, due, feeds, log, nudge]
}
