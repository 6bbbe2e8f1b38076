/** What all parts of the appointments stand on: Redis and its clock, the settings, the calendars and the records. */
import type { Calendar } from '../calendar/calendar.ts'
import { VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { type AppointmentRecord, decodeRecord } from './appointment.ts'
import { appointmentKeys } from './keys.ts'
import type { Outcome } from './scripts.ts'
import { Settings } from './settings.ts'

/** An advisor with whom an appointment is. */
export interface Host {
  readonly advisor: string
  readonly team?: string | undefined
  /** Others who are needed in their place: whoever stands in. They must be free as well. */
  readonly standIns?: readonly string[]
}

export interface BaseOptions {
  readonly client: RedisClient
  /** When the place of an advisor is open, and within it when they work. */
  readonly calendars: (region: string, host: Host) => Promise<{ readonly open: Calendar; readonly own: Calendar }>
}

export class Base {
  readonly client: RedisClient
  readonly settings: Settings
  readonly calendars: BaseOptions['calendars']

  constructor({ client, calendars }: BaseOptions) {
    this.client = client
    this.settings = new Settings(client)
    this.calendars = calendars
  }

  /** Those that there are, in the order asked for. */
  async records(region: string, ids: readonly string[]): Promise<AppointmentRecord[]> {
    if (ids.length === 0) return []
    const stored = await outageAware(this.client.hmget(appointmentKeys(region).records, ...ids))
    return stored.filter((text) => text !== null).map(decodeRecord)
  }

  /** @throws VisavisError NOT_FOUND. */
  async record(region: string, id: string): Promise<AppointmentRecord> {
    const [record] = await this.records(region, [id])
    if (record === undefined) throw missing(id)
    return record
  }

  /** Redis's clock (ms): nodes' own may differ, and jump. */
  async now(): Promise<number> {
    const [seconds = 0, microseconds = 0] = await outageAware(this.client.time())
    return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000)
  }
}

export const missing = (id: string) => new VisavisError('NOT_FOUND', `there is no appointment ${id}`)

export const taken = (whose: 'advisor' | 'jobseeker') =>
  new VisavisError('CONFLICT', `the ${whose} has another appointment then`, { details: { path: '/from', whose } })

export const past = () => new VisavisError('BAD_REQUEST', 'that time is past', { details: { path: '/from' } })

/** @throws VisavisError for every outcome but `ok`. */
export function changed(outcome: Outcome, id: string): AppointmentRecord {
  if (outcome.is === 'ok') return outcome.record
  if (outcome.is === 'missing') throw missing(id)
  if (outcome.is === 'taken') throw taken(outcome.whose)
  if (outcome.is === 'past') throw past()
  throw new VisavisError('CONFLICT', `appointment ${id} was cancelled or is over`, { details: { state: 'ended' } })
}
