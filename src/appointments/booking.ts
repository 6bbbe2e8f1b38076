/** When an appointment can be, making one, and moving it. */
import { randomUUID } from 'node:crypto'
import type { Span } from '../calendar/span.ts'
import { type Appointment, type Modality, VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import { fenceKey } from '../store/fence.ts'
import { requireChangeable } from './appointment.ts'
import { type Base, changed, type Host, past, taken } from './base.ts'
import { appointmentKeys, padded } from './keys.ts'
import * as scripts from './scripts.ts'
import { lengthOf } from './settings.ts'
import { freeSlots } from './slots.ts'

/** Keys are remembered for longer than any client retries. */
export const rememberMs = 48 * 60 * 60 * 1_000
const dayMs = 24 * 60 * 60 * 1_000
/** No appointment is longer, buffer included: what begins earlier is over. */
const longestMs = 6 * 60 * 60 * 1_000
/** Days asked for at once, so that an answer stays short. */
const mostDays = 32

/** Who acts, and who is told besides jobseeker and advisor. */
export interface Actor {
  readonly person: string
  readonly role: 'jobseeker' | 'advisor'
  readonly also?: readonly string[]
}

export interface Booking {
  readonly key: string
  readonly jobseeker: string
  readonly jobseekerName: string
  readonly from: number
  readonly lengthMs?: number | undefined
  readonly modality: Modality
  readonly subject?: string | undefined
}

export interface Moving {
  readonly key: string
  readonly from: number
  readonly lengthMs?: number | undefined
  readonly modality?: Modality | undefined
  readonly reason: string
}

export interface SlotsAsked {
  readonly from: number
  readonly until: number
  readonly lengthMs?: number | undefined
  /** Whose other appointments are in the way as well. */
  readonly jobseeker?: string | undefined
  /** An appointment that is to be moved: its own time is free. */
  readonly instead?: string | undefined
  /** A jobseeker chooses: not too soon, and not where they may not. */
  readonly chosen: boolean
}

/** With Redis away, every method throws VisavisError UNAVAILABLE and may be repeated. */
export class Bookings {
  readonly #base: Base

  constructor(base: Base) {
    this.#base = base
  }

  /** Free slots of an advisor, in order. @throws VisavisError BAD_REQUEST for a length that there is not. */
  async slots(region: string, host: Host, asked: SlotsAsked): Promise<Span[]> {
    const [settings, now] = await Promise.all([this.#base.settings.of(region), this.#base.now()])
    const lengthMs = lengthOf(settings, asked.lengthMs)
    if (asked.chosen && !settings.ownBooking) return []
    const earliest = now + (asked.chosen ? settings.noticeMs : 1)
    const from = Math.max(asked.from, earliest)
    const until = Math.min(asked.until, from + mostDays * dayMs, now + settings.daysAhead * dayMs)
    if (until <= from) return []
    const [{ own }, busy] = await Promise.all([
      this.#base.calendars(region, host),
      this.#busy(region, host, asked, { from: from - longestMs, until: until + longestMs }),
    ])
    const { bufferMs, stepMs } = settings
    return freeSlots({ calendar: own, busy, lengthMs, bufferMs, stepMs, from, until })
  }

  /**
   * `created` is false for a repeat with the same key.
   * @throws VisavisError BAD_REQUEST (past, closed, or no such length), CONFLICT (somebody is not free; no free slot; too
   * many lie ahead), GONE for a jobseeker who is erased.
   */
  async book(
    region: string,
    host: Host,
    booking: Booking,
    actor: Actor,
  ): Promise<{ appointment: Appointment; created: boolean }> {
    const { key, jobseeker, jobseekerName, from, modality, subject } = booking
    const keys = appointmentKeys(region)
    const acted = keys.acted('book', actor.person, key)
    const settings = await this.#base.settings.of(region)
    const until = from + lengthOf(settings, booking.lengthMs)
    // A repeat is answered whatever has become of the slot.
    if ((await outageAware(this.#base.client.exists(acted))) === 0) {
      await this.#requireTime(region, host, { from, until }, { actor, jobseeker })
    }
    const appointment = {
      id: randomUUID(),
      jobseeker,
      // The scripts read this JSON, and a lone surrogate has no UTF-8.
      jobseekerName: jobseekerName.toWellFormed(),
      ...{ advisor: host.advisor, from, until, modality, madeBy: actor.person },
      ...(subject === undefined ? {} : { subject: subject.toWellFormed() }),
    }
    const most = actor.role === 'jobseeker' ? settings.mostAhead : 0
    const outcome = await scripts.book(
      this.#base.client,
      [...keys.all, acted, fenceKey(region)],
      [JSON.stringify(appointment), needed(host), until + settings.bufferMs, most, listed(actor), rememberMs],
    )
    if (outcome.is === 'taken') throw taken(outcome.whose)
    if (outcome.is !== 'booked') throw refused(outcome.is, most)
    return { appointment: outcome.record.appointment, created: outcome.created }
  }

  /** @throws as `book`, and NOT_FOUND, CONFLICT for one that was cancelled or is over. */
  async move(region: string, host: Host, id: string, moving: Moving, actor: Actor): Promise<Appointment> {
    const { appointment } = await this.#base.record(region, id)
    const keys = appointmentKeys(region)
    const acted = keys.acted('move', actor.person, moving.key)
    const { from, reason, modality = appointment.modality } = moving
    const settings = await this.#base.settings.of(region)
    // One whose length the region has no longer keeps it.
    const was = appointment.until - appointment.from
    const lengthMs =
      moving.lengthMs === undefined || moving.lengthMs === was ? was : lengthOf(settings, moving.lengthMs)
    const until = from + lengthMs
    if ((await outageAware(this.#base.client.exists(acted))) === 0) {
      requireChangeable(appointment, await this.#base.now())
      // Where it is may change without a word about when.
      const stays = from === appointment.from && until <= appointment.until
      if (!stays)
        await this.#requireTime(region, host, { from, until }, { actor, jobseeker: appointment.jobseeker, instead: id })
    }
    const outcome = await scripts.move(
      this.#base.client,
      [...keys.all, acted],
      [
        ...([id, actor.person, from, until, modality, reason.toWellFormed()] as const),
        ...([needed(host), until + settings.bufferMs, listed(actor), rememberMs] as const),
      ],
    )
    return changed(outcome, id).appointment
  }

  /** A jobseeker takes a free slot; an advisor any time at which their place is open. */
  async #requireTime(
    region: string,
    host: Host,
    { from, until }: Span,
    { actor, jobseeker, instead }: { actor: Actor; jobseeker: string; instead?: string },
  ): Promise<void> {
    if (actor.role === 'jobseeker') {
      const asked = { from, until: from + 1, lengthMs: until - from, jobseeker, instead, chosen: true }
      const [slot] = await this.slots(region, host, asked)
      if (slot?.from === from) return
      throw new VisavisError('CONFLICT', 'that is no free slot', { details: { path: '/from' } })
    }
    const { open } = await this.#base.calendars(region, host)
    const [span] = open.spans(from, until)
    if (span?.from === from && span.until === until) return
    throw new VisavisError('BAD_REQUEST', 'the agency is closed then', { details: { path: '/from' } })
  }

  /** What is in somebody's calendar then; what the advisor has to themselves after each included. */
  async #busy(
    region: string,
    { advisor, standIns = [] }: Host,
    { jobseeker, instead }: SlotsAsked,
    span: Span,
  ): Promise<Span[]> {
    const whose = [
      ...[advisor, ...standIns].map((id) => ['a', id] as const),
      ...(jobseeker === undefined ? [] : [['o', jobseeker] as const]),
    ]
    const { lists } = appointmentKeys(region)
    const found = await outageAware(
      Promise.all(
        whose.map(([list, id]) =>
          this.#base.client.zrangebylex(
            lists,
            `[${list}|${id}|${padded(span.from)}`,
            `(${list}|${id}|${padded(span.until)}`,
          ),
        ),
      ),
    )
    return found.flat().flatMap((member) => {
      const [, , from, until, id] = member.split('|')
      return id === instead ? [] : [{ from: Number(from), until: Number(until) }]
    })
  }
}

function refused(is: 'past' | 'many' | 'erased', most: number): VisavisError {
  if (is === 'past') return past()
  if (is === 'erased') return new VisavisError('GONE', 'the jobseeker was erased')
  const text = `a jobseeker who chooses another has at most ${most - 1} appointments ahead`
  return new VisavisError('CONFLICT', text, { details: { most } })
}

const needed = ({ advisor, standIns = [] }: Host): string => [advisor, ...standIns].join()

export const listed = ({ also = [] }: Actor): string => also.join()
