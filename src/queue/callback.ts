/**
 * Pure: the states of a callback and how it moves between them.
 *
 * ```
 *            offer               accept            complete
 *  waiting ─────────▶ offered ──────────▶ active ──────────▶ done
 *   │   ▲               │ │                 │
 *   │   └─ release, ────┘ │                 │
 *   │      expire         │                 │
 *   └───────────────────cancel──────────────┴────────────▶ cancelled
 * ```
 *
 * | state     | enters when                                  | leaves when                                            |
 * |-----------|----------------------------------------------|--------------------------------------------------------|
 * | waiting   | requested; its offer ran out or was released | offered to its advisor; cancelled                      |
 * | offered   | leased to an advisor with a new token        | accepted in time; lease over; advisor gone; cancelled  |
 * | active    | the advisor accepted before the lease ended  | completed; cancelled                                   |
 * | done      | completed with a disposition                 | never                                                  |
 * | cancelled | the jobseeker withdrew it                    | never                                                  |
 *
 * An active callback stays active when its advisor's connection is gone: they may be on the phone.
 *
 * The Lua transitions are given the states they may leave from this table, so there is no second one.
 */
import { type Callback, type CallbackState, type Offer, VisavisError } from '../protocol/index.ts'

const next: Readonly<Record<CallbackState, readonly CallbackState[]>> = {
  waiting: ['offered', 'cancelled'],
  offered: ['active', 'waiting', 'cancelled'],
  active: ['done', 'cancelled'],
  done: [],
  cancelled: [],
}

export const states = Object.keys(next) as CallbackState[]

export const mayMove = (from: CallbackState, to: CallbackState): boolean => next[from].includes(to)

/** The states that may become `to`. */
export const statesBefore = (to: CallbackState): CallbackState[] => states.filter((from) => mayMove(from, to))

/** What the table refuses, as the error that clients see. */
export const cannotMove = (id: string, from: CallbackState, to: CallbackState): VisavisError =>
  new VisavisError('CONFLICT', `callback ${id} is ${from} and cannot become ${to}`, { details: { state: from } })

/** What is stored: the callback as both sides see it, and what is not for both of them. */
export interface CallbackRecord {
  readonly callback: Callback
  /** Fencing token of the newest offer; 0 before the first. */
  readonly token: number
  /** Until when the newest offer may be accepted (ms, Redis's clock). */
  readonly leaseUntil: number
  /** How many entries its history has. */
  readonly steps: number
  /** For colleagues; the jobseeker does not see it. */
  readonly note?: string
}

/** What its holder needs to act on it; undefined while nobody holds it. */
export function toOffer({ callback: { id, state }, token, leaseUntil }: CallbackRecord): Offer | undefined {
  return state === 'offered' || state === 'active' ? { callback: id, token, leaseUntil } : undefined
}
