/** The hours in which each advisor takes callbacks, by weekday and the clocks of the region. */
import type { Calendar } from '../calendar/calendar.ts'
import { readWeek, type Week } from '../calendar/week.ts'
import type { Hours } from '../protocol/callback-settings.ts'
import { VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { queueKeys } from './keys.ts'

/** A change made on another node is seen here so late, at most. */
const trustMs = 5_000
/** Advisors remembered on a node. */
const remembered = 20_000

interface Known {
  readonly hours: Promise<Hours | undefined>
  readonly readAt: number
  /** By the calendar it narrows. */
  readonly calendars: Map<Calendar, Calendar>
}

export class Availability {
  readonly #client: RedisClient
  readonly #known = new Map<string, Known>()

  constructor(client: RedisClient) {
    this.#client = client
  }

  /** Undefined: whenever the region is open. */
  async hours(region: string, advisor: string): Promise<Hours | undefined> {
    return this.#of(region, advisor).hours
  }

  /** @param hours undefined: whenever the region is open. @throws VisavisError BAD_REQUEST. */
  async setHours(region: string, advisor: string, hours: Hours | undefined): Promise<void> {
    const key = queueKeys(region).hours
    if (hours === undefined) await outageAware(this.#client.hdel(key, advisor))
    else {
      requireWeek(hours)
      await outageAware(this.#client.hset(key, advisor, JSON.stringify(hours)))
    }
    this.#known.delete(`${region}/${advisor}`)
  }

  /** The calendar of a region or team, within the hours of an advisor. */
  async calendar(region: string, advisor: string, calendar: Calendar): Promise<Calendar> {
    const known = this.#of(region, advisor)
    const hours = await known.hours
    if (hours === undefined) return calendar
    const narrowed = known.calendars.get(calendar) ?? calendar.within(requireWeek(hours))
    known.calendars.set(calendar, narrowed)
    return narrowed
  }

  #of(region: string, advisor: string): Known {
    const name = `${region}/${advisor}`
    const found = this.#known.get(name)
    if (found !== undefined && performance.now() - found.readAt < trustMs) return found
    const hours = outageAware(this.#client.hget(queueKeys(region).hours, advisor)).then((json) =>
      json === null ? undefined : (JSON.parse(json) as Hours),
    )
    if (this.#known.size >= remembered) this.#known.clear()
    const known = { hours, readAt: performance.now(), calendars: new Map<Calendar, Calendar>() }
    this.#known.set(name, known)
    hours.catch(() => this.#known.delete(name))
    return known
  }
}

function requireWeek(hours: Hours): Week {
  const week = readWeek(hours)
  if (!('mistakes' in week)) return week
  throw new VisavisError('BAD_REQUEST', week.mistakes.join('; '), { details: { path: '/hours' } })
}
