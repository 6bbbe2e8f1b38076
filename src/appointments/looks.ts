/** Appointments that somebody is to look at, each by one node at a time: what is to be told of them, and by mail. */
import type { AppointmentEntry } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import type { AppointmentRecord } from './appointment.ts'
import type { Base } from './base.ts'
import { appointmentKeys } from './keys.ts'
import * as scripts from './scripts.ts'

/** One appointment, leased to be looked at. */
export interface Look extends AppointmentRecord {
  readonly region: string
  /** Redis's clock when it was taken (ms). */
  readonly now: number
  /** By which the lease is known. */
  readonly lease: number
}

/** What came of a look. */
export interface Looked {
  /** How many entries of the history have been told. */
  readonly told: number
  /** Mails put since, by name: to whom. */
  readonly mails: Readonly<Record<string, string>>
  /** Mails whose fate is known by now, as entries of the history. */
  readonly ended: readonly Omit<AppointmentEntry, 'at' | 'sequence'>[]
  readonly reminded?: { readonly sequence: number; readonly beforeMs: number } | undefined
  readonly waits: number
  /** When to look next (ms); undefined: when it changes. */
  readonly at: number | undefined
}

/** How long a look may take before another node looks. */
const leaseMs = 30_000

/** With Redis away, every method throws VisavisError UNAVAILABLE and may be repeated. */
export class Looks {
  readonly #base: Base

  constructor(base: Base) {
    this.#base = base
  }

  /** Leases those that are due. */
  async take(region: string, most: number): Promise<Look[]> {
    const { now, lease, records } = await scripts.take(this.#base.client, appointmentKeys(region).all, [most, leaseMs])
    return records.map((record) => ({ ...record, region, now, lease }))
  }

  /** Records what came of a look; if the appointment has changed meanwhile, it is looked at again. */
  async settle({ region, appointment, lease }: Look, looked: Looked): Promise<void> {
    await scripts.settle(this.#base.client, appointmentKeys(region).all, [
      appointment.id,
      lease,
      JSON.stringify(looked),
    ])
  }

  /** How many have been due for longer than this. */
  async overdue(region: string, ms: number): Promise<number> {
    const before = (await this.#base.now()) - ms
    return outageAware(this.#base.client.zcount(appointmentKeys(region).due, '-inf', before))
  }
}
