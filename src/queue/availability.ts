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
/** From then on they are read anew behind what is known, so that an offer rarely waits for it. */
const renewMs = trustMs / 2
/** Advisors remembered on a node. */
const remembered = 20_000

interface Known {
  readonly hours: Promise<Hours | undefined>
  readonly readAt: number
  /** By the calendar it narrows. */
  readonly calendars: Map<Calendar, Calendar>
  /** They are being read anew. */
  renewing: boolean
}

export class Availability {
  readonly #client: RedisClient
  readonly #now: () => number
  readonly #known = new Map<string, Known>()

  /** @param now ms that only ever go on. */
  constructor(client: RedisClient, now = () => performance.now()) {
    this.#client = client
    this.#now = now
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
    const age = found === undefined ? trustMs : this.#now() - found.readAt
    if (found !== undefined && age < trustMs) {
      if (age >= renewMs && !found.renewing) this.#renew(region, advisor, found)
      return found
    }
    if (this.#known.size >= remembered) this.#known.clear()
    const known = this.#read(region, advisor)
    this.#known.set(name, known)
    known.hours.catch(() => this.#known.delete(name))
    return known
  }

  #renew(region: string, advisor: string, found: Known): void {
    const name = `${region}/${advisor}`
    const next = this.#read(region, advisor)
    found.renewing = true
    // Unless they were changed here meanwhile.
    const renew = () => this.#known.get(name) === found && this.#known.set(name, next)
    next.hours.then(renew, () => {
      found.renewing = false
    })
  }

  #read(region: string, advisor: string): Known {
    const hours = outageAware(this.#client.hget(queueKeys(region).hours, advisor)).then((json) =>
      json === null ? undefined : (JSON.parse(json) as Hours),
    )
    return { hours, readAt: this.#now(), calendars: new Map(), renewing: false }
  }
}

function requireWeek(hours: Hours): Week {
  const week = readWeek(hours)
  if (!('mistakes' in week)) return week
  throw new VisavisError('BAD_REQUEST', week.mistakes.join('; '), { details: { path: '/hours' } })
}
