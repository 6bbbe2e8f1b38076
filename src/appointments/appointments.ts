/** Appointments of jobseekers with their advisors: reading them, and what becomes of them once they are made (booking.ts). */
import type { Appointment, AppointmentEntry, Modality } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import { type AppointmentRecord, isAhead, type TurnedBy } from './appointment.ts'
import { type Base, changed, type Host } from './base.ts'
import { type Actor, listed, rememberMs } from './booking.ts'
import { appointmentKeys, idOf, padded, startingWith } from './keys.ts'
import * as scripts from './scripts.ts'

/** An appointment with all that became of it. */
export interface AppointmentWithHistory {
  readonly appointment: Appointment
  readonly history: readonly AppointmentEntry[]
}

/** What became of a mail, told from outside. */
export interface MailNote {
  readonly is: 'mailDelivered' | 'mailFailed' | 'mailRead'
  /** Who told it; `visavis` for the service itself. */
  readonly by: string
  /** Its name within the appointment. */
  readonly mail: string
  readonly to: string
  readonly why?: string
  /** When it was (ms). Default, and at the latest: now. */
  readonly at?: number
  /** Of which version of the appointment it told. Default: the present one. */
  readonly sequence?: number
}

export interface Turning {
  readonly to: Modality
  readonly why: TurnedBy
  readonly by: string
  readonly also?: readonly string[] | undefined
  readonly key?: string
}

const dayMs = 24 * 60 * 60 * 1_000
/** Of one jobseeker that are shown, and in one advisor's calendar. */
const ownLimit = 100
const calendarLimit = 500
/** Appointments looked at by one call of `expire`. */
const expireLimit = 100
/** Entries among which the same is looked for: no appointment has as many mails. */
const repeatsWithin = 200

/** With Redis away, every method throws VisavisError UNAVAILABLE and may be repeated. */
export class Appointments {
  readonly #base: Base

  constructor(base: Base) {
    this.#base = base
  }

  /** @throws VisavisError NOT_FOUND. */
  async get(region: string, id: string): Promise<Appointment> {
    return (await this.#base.record(region, id)).appointment
  }

  /** A jobseeker's appointments, the latest first, at most 100. */
  async ofJobseeker(region: string, jobseeker: string): Promise<Appointment[]> {
    const [from, to] = startingWith('j', jobseeker)
    const { lists } = appointmentKeys(region)
    const members = await outageAware(this.#base.client.zrevrangebylex(lists, to, from, 'LIMIT', 0, ownLimit))
    return plain(await this.#base.records(region, members.map(idOf)))
  }

  /** Booked ones of an advisor's calendar that began since yesterday or lie ahead, in order, at most 500. */
  async ofAdvisor(region: string, advisor: string): Promise<Appointment[]> {
    const { lists } = appointmentKeys(region)
    const since = padded((await this.#base.now()) - dayMs)
    const members = await outageAware(
      Promise.all(
        ['a', 'n'].map((list) =>
          this.#base.client.zrangebylex(
            lists,
            `[${list}|${advisor}|${since}`,
            `(${list}|${advisor}}`,
            'LIMIT',
            0,
            calendarLimit,
          ),
        ),
      ),
    )
    const found = plain(await this.#base.records(region, members.flat().map(idOf)))
    return found.sort((a, b) => a.from - b.from).slice(0, calendarLimit)
  }

  /** Booked ones of an advisor's calendar that begin between two moments (ms), in order, at most 500. */
  async ofAdvisorBetween(region: string, advisor: string, { from, until }: { from: number; until: number }) {
    const { lists } = appointmentKeys(region)
    const ranges = ['a', 'n'].map((list) => {
      const begins = `${list}|${advisor}|`
      return this.#base.client.zrangebylex(
        ...([lists, `[${begins}${padded(from)}`, `(${begins}${padded(until)}`] as const),
        ...(['LIMIT', 0, calendarLimit] as const),
      )
    })
    const members = (await outageAware(Promise.all(ranges))).flat()
    const found = plain(await this.#base.records(region, members.map(idOf)))
    return found.sort((a, b) => a.from - b.from).slice(0, calendarLimit)
  }

  /** Everything that happened to it and to the mails about it, oldest first. @throws VisavisError NOT_FOUND. */
  async history(region: string, id: string): Promise<AppointmentEntry[]> {
    const { inner } = await this.#base.record(region, id)
    return this.entries(region, id, 0, inner.steps)
  }

  /** Entries of a history: those after the first so many, up to and with another. */
  async entries(region: string, id: string, after: number, upTo: number): Promise<AppointmentEntry[]> {
    if (upTo <= after) return []
    const fields = Array.from({ length: upTo - after }, (_, n) => `${id}/${after + n + 1}`)
    const found = await outageAware(this.#base.client.hmget(appointmentKeys(region).records, ...fields))
    return found.filter((json) => json !== null).map((json) => JSON.parse(json) as AppointmentEntry)
  }

  /** @throws VisavisError NOT_FOUND, CONFLICT for one that is over, or that somebody else has cancelled. */
  async cancel(
    region: string,
    id: string,
    { key, reason }: { key: string; reason: string },
    actor: Actor,
  ): Promise<Appointment> {
    const keys = appointmentKeys(region)
    const outcome = await scripts.cancel(
      this.#base.client,
      [...keys.all, keys.acted('cancel', actor.person, key)],
      [id, actor.person, reason.toWellFormed(), listed(actor), rememberMs],
    )
    return changed(outcome, id).appointment
  }

  /**
   * Every webcam appointment of a jobseeker that lies ahead becomes one in the agency; or those that were turned for the
   * same reason become webcam appointments again. Repeating is harmless. @returns those ahead, as they are now.
   * @param key of an act that may be repeated late: by then it changes nothing any more.
   */
  async turnAll(region: string, jobseeker: string, { to, why, by, also = [], key }: Turning): Promise<Appointment[]> {
    const now = await this.#base.now()
    const keys = appointmentKeys(region)
    const acted = key === undefined ? undefined : keys.acted('turn', by, key)
    const ahead = (await this.ofJobseeker(region, jobseeker)).filter((one) => isAhead(one, now))
    if (acted !== undefined && (await outageAware(this.#base.client.exists(acted))) === 1) return ahead
    const turned: Appointment[] = []
    for (const one of ahead) {
      const outcome = await scripts.turn(this.#base.client, keys.all, [one.id, by, to, why, also.join()])
      if (outcome.is === 'ok') turned.push(outcome.record.appointment)
    }
    // Only now: what stopped in between is done by the repeat.
    if (acted !== undefined) await outageAware(this.#base.client.set(acted, to, 'PX', rememberMs))
    return turned
  }

  /** The jobseeker has another advisor: what lies ahead goes with them. Repeating is harmless. */
  async follow(region: string, jobseeker: string, host: Host): Promise<void> {
    const now = await this.#base.now()
    const { advisor, standIns = [] } = host
    for (const one of await this.ofJobseeker(region, jobseeker)) {
      if (!isAhead(one, now) || one.advisor === advisor) continue
      const hosts = [advisor, ...standIns].join()
      await scripts.carry(this.#base.client, appointmentKeys(region).all, [one.id, advisor, advisor, hosts, ''])
    }
  }

  /** What lies ahead of a jobseeker is looked at at once. */
  async hurry(region: string, jobseeker: string): Promise<void> {
    const now = await this.#base.now()
    const ahead = (await this.ofJobseeker(region, jobseeker)).filter((one) => isAhead(one, now))
    if (ahead.length === 0) return
    const members = ahead.flatMap(({ id }) => [now, id])
    await outageAware(this.#base.client.zadd(appointmentKeys(region).due, ...members))
  }

  /** Kept once for each mail. @throws VisavisError NOT_FOUND. */
  async noteMail(region: string, id: string, note: MailNote): Promise<Appointment> {
    const outcome = await scripts.note(this.#base.client, appointmentKeys(region).all, [
      id,
      JSON.stringify(note),
      repeatsWithin,
    ])
    return changed(outcome, id).appointment
  }

  /** How many appointments of a jobseeker are on record. */
  async count(region: string, jobseeker: string): Promise<number> {
    return outageAware(this.#base.client.zlexcount(appointmentKeys(region).lists, ...startingWith('j', jobseeker)))
  }

  /** Every appointment of a jobseeker goes, for good. Repeating is harmless. @returns how many went. */
  async forget(region: string, jobseeker: string): Promise<number> {
    const { all, lists } = appointmentKeys(region)
    const members = await outageAware(this.#base.client.zrangebylex(lists, ...startingWith('j', jobseeker)))
    let forgotten = 0
    for (const id of members.map(idOf)) {
      forgotten += Number(await scripts.forget(this.#base.client, all, [id, jobseeker]))
    }
    return forgotten
  }

  /** Removes those of a jobseeker that were over before a moment (ms). @returns how many went. */
  async expire(region: string, jobseeker: string, before: number): Promise<number> {
    const { all, lists } = appointmentKeys(region)
    const range = [`[j|${jobseeker}|`, `(j|${jobseeker}|${padded(before)}`] as const
    const members = await outageAware(this.#base.client.zrangebylex(lists, ...range, 'LIMIT', 0, expireLimit))
    const gone = await Promise.all(
      members.map((member) => scripts.expire(this.#base.client, all, [idOf(member), before])),
    )
    return gone.filter(Boolean).length
  }

  /** Everything there is about the appointments of a jobseeker, the latest first, for an export. */
  async *everyOf(region: string, jobseeker: string): AsyncGenerator<AppointmentWithHistory, void, undefined> {
    const [from, to] = startingWith('j', jobseeker)
    const members = await outageAware(this.#base.client.zrevrangebylex(appointmentKeys(region).lists, to, from))
    for (const id of members.map(idOf)) {
      const [record] = await this.#base.records(region, [id])
      // Over long ago, it may have gone meanwhile.
      if (record === undefined) continue
      yield { appointment: record.appointment, history: await this.entries(region, id, 0, record.inner.steps) }
    }
  }
}

const plain = (records: readonly AppointmentRecord[]): Appointment[] => records.map(({ appointment }) => appointment)
