/**
 * Pure: the states of an appointment and who may change it.
 *
 * ```
 *            ┌─ move, turn, carry ─┐
 *            ▼                     │
 *  book ▶ booked ──────────────────┘
 *            │ └─ cancel ▶ cancelled
 *            └─ its time is over: nothing changes it any more
 * ```
 *
 * `move` gives it another time, length or place; `turn` makes a webcam appointment one in the agency, and back; `carry`
 * gives it to another advisor. Every one of them raises `sequence`, by which calendars tell the newer of two. What came of
 * it (who was there) is not said here: that is the attendance record's.
 */
import { type Appointment, type AppointmentEntry, VisavisError } from '../protocol/index.ts'

/** What is not for people to see. */
export interface Inner {
  /** How many entries its history has. */
  readonly steps: number
  /** How many of them were looked at: told by mail, and handed to whoever keeps the record. */
  readonly told: number
  /** Until when its advisor is not free for another (ms). */
  readonly busyUntil: number
  /** Why a webcam appointment is one in the agency. */
  readonly turned?: TurnedBy
  /** Mails whose fate is not known yet: by name, to whom. */
  readonly mails: Readonly<Record<string, string>>
  /** How many looks in a row have found them so. */
  readonly waits: number
  /** The newest reminder: of which version, and how long before (ms). */
  readonly reminded?: { readonly sequence: number; readonly beforeMs: number }
}

/** `left`: the jobseeker has left the scheme; `asked`: they asked for the agency. */
export type TurnedBy = 'left' | 'asked'

export interface AppointmentRecord {
  readonly appointment: Appointment
  readonly inner: Inner
}

/** As it is stored: two JSON texts on two lines, so that the first is at hand for whoever is told. */
export function decodeRecord(text: string): AppointmentRecord {
  const cut = text.indexOf('\n')
  return {
    appointment: JSON.parse(text.slice(0, cut)) as Appointment,
    inner: JSON.parse(text.slice(cut + 1)) as Inner,
  }
}

export const isAhead = ({ state, from }: Appointment, now: number): boolean => state === 'booked' && from > now

/** @throws VisavisError CONFLICT for one that was cancelled, or is over. */
export function requireChangeable({ id, state, until }: Appointment, now: number): void {
  if (state === 'cancelled') {
    throw new VisavisError('CONFLICT', `appointment ${id} was cancelled`, { details: { state } })
  }
  if (until <= now) throw new VisavisError('CONFLICT', `appointment ${id} is over`, { details: { state: 'over' } })
}

/** Of the entries of a history: those that people are told by mail. */
export const isChange = ({ is }: AppointmentEntry): boolean =>
  ['made', 'moved', 'cancelled', 'turned', 'carried'].includes(is)
