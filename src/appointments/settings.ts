/** How each region makes appointments, as its supervisors and the agency's systems have set it. */
import { type AppointmentSettings, VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { appointmentKeys } from './keys.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Until a region says otherwise. */
export const settingsDefaults: AppointmentSettings = {
  lengthsMs: [30 * minuteMs, 45 * minuteMs, 60 * minuteMs],
  bufferMs: 5 * minuteMs,
  stepMs: 30 * minuteMs,
  daysAhead: 42,
  ownBooking: true,
  noticeMs: 24 * hourMs,
  mostAhead: 2,
  remindersMs: [dayMs, hourMs],
}

/** A change made on another node is seen here so late, at most. */
const trustMs = 2_000

interface Known {
  readonly value: Promise<AppointmentSettings>
  readonly readAt: number
}

export class Settings {
  readonly #client: RedisClient
  readonly #known = new Map<string, Known>()

  constructor(client: RedisClient) {
    this.#client = client
  }

  async of(region: string): Promise<AppointmentSettings> {
    const known = this.#known.get(region)
    if (known !== undefined && performance.now() - known.readAt < trustMs) return known.value
    const value = outageAware(this.#client.get(appointmentKeys(region).settings)).then((json) => ({
      ...settingsDefaults,
      ...(json === null ? {} : (JSON.parse(json) as Partial<AppointmentSettings>)),
    }))
    this.#known.set(region, { value, readAt: performance.now() })
    // What failed is asked for again.
    value.catch(() => this.#known.delete(region))
    return value
  }

  /** What is not named stays. */
  async set(region: string, changes: Partial<AppointmentSettings>): Promise<AppointmentSettings> {
    const settings = { ...(await this.of(region)), ...changes }
    await outageAware(this.#client.set(appointmentKeys(region).settings, JSON.stringify(settings)))
    this.#known.delete(region)
    return settings
  }
}

/** @throws VisavisError BAD_REQUEST for a length that the region does not have. */
export function lengthOf({ lengthsMs }: AppointmentSettings, asked: number | undefined): number {
  const [first = 30 * minuteMs] = lengthsMs
  if (asked === undefined || lengthsMs.includes(asked)) return asked ?? first
  throw new VisavisError('BAD_REQUEST', `an appointment is not ${asked} ms long here`, {
    details: { path: '/lengthMs', known: [...lengthsMs] },
  })
}
