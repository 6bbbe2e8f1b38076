/**
 * Pure: the states of a callback and how it moves between them.
 *
 * ```
 *               due               offer              accept             complete
 *  scheduled ────────▶ waiting ─────────▶ offered ──────────▶ active ──────────▶ done
 *    │ ▲  ▲              │  │ ▲               │                │ │ │
 *    │ │  └─ reschedule ─┘  │ └─ decline, ────┘                │ │ └─ policy used up ▶ unreachable
 *    │ │                    │    expire, release               │ │                        ▲
 *    │ │                    └───────────── pick ─────────────▶─┘ │                        │
 *    │ └──────────────── not reached: next attempt ──────────────┘                        │
 *    ├─ no other number was told in time ─────────────────────────────────────────────────┘
 *    └─ cancel, also from waiting, offered, active ▶ cancelled
 * ```
 *
 * | state       | enters when                                                  | leaves when                          |
 * |-------------|--------------------------------------------------------------|--------------------------------------|
 * | scheduled   | requested for later; put off; to be tried again              | due; cancelled; no number told       |
 * | waiting     | requested; due; declined; offer over; reassigned             | offered; picked; put off; cancelled  |
 * | offered     | leased to an advisor with a new token                        | accepted; declined; lease over; …    |
 * | active      | accepted before the lease ended; picked                      | completed; to be tried again; …      |
 * | done        | completed with a disposition                                 | never                                |
 * | unreachable | every attempt of the policy was in vain                      | never                                |
 * | cancelled   | the jobseeker withdrew it                                    | never                                |
 *
 * An active callback stays active when its advisor's connection is gone: they may be on the phone. A supervisor may take
 * it from them. It is a lease as well, a long one (`longestCallMs`): what nobody ends goes back to its place, or is done if
 * the jobseeker was reached, and so does what is held by an advisor whose account is disabled (lua/give-back.lua).
 *
 * The Lua transitions are given the states they may leave from this table, so there is no second one.
 */
import { type Callback, type CallbackState, type Offer, VisavisError } from '../protocol/index.ts'
import type { DeclineTimes } from './decline.ts'

const next: Readonly<Record<CallbackState, readonly CallbackState[]>> = {
  scheduled: ['scheduled', 'waiting', 'unreachable', 'cancelled'],
  waiting: ['waiting', 'scheduled', 'offered', 'active', 'cancelled'],
  offered: ['active', 'waiting', 'scheduled', 'cancelled'],
  active: ['active', 'done', 'waiting', 'scheduled', 'unreachable', 'cancelled'],
  done: [],
  unreachable: [],
  cancelled: [],
}

export const states = Object.keys(next) as CallbackState[]

export const mayMove = (from: CallbackState, to: CallbackState): boolean => next[from].includes(to)

/** The states that may become `to`. */
export const statesBefore = (to: CallbackState): CallbackState[] => states.filter((from) => mayMove(from, to))

export const isOpen = (state: CallbackState): boolean => next[state].length > 0

/** What the table refuses, as the error that clients see. */
export const cannotMove = (id: string, from: CallbackState, to: CallbackState): VisavisError =>
  new VisavisError('CONFLICT', `callback ${id} is ${from} and cannot become ${to}`, { details: { state: from } })

/** When the next groups of advisors may take a callback as well (ms); none absent once it is planned. */
export interface StepTimes {
  readonly cover: number
  readonly team: number
  readonly region: number
}

/** What is not for both sides to see. */
export interface Inner {
  /** Fencing token of the newest offer; 0 before the first. */
  readonly token: number
  /** Until when the newest offer may be accepted, or the call may last (ms, Redis's clock). */
  readonly leaseUntil: number
  /** How many entries its history has. */
  readonly steps: number
  /** By how much earlier it is placed than `readyAt`, for its priority (ms). */
  readonly bonus: number
  readonly at: StepTimes
  /** As it stands in keys: `teamName` gives the name. Empty: none. */
  readonly team: string
  /** In how many steps it is in line at the moment, 0 to 4. */
  readonly entered: number
  /** Taken by then, it is in time (ms). */
  readonly answerBy: number
  /** Whoever declined, and with which token. */
  readonly declined: Readonly<Record<string, number>>
  /** When these fall away; present while there are any. */
  readonly again?: DeclineTimes
  /** Everybody at work has declined it. */
  readonly refused?: boolean
  /** For colleagues; the jobseeker does not see it. */
  readonly note?: string
}

export interface CallbackRecord {
  readonly callback: Callback
  readonly inner: Inner
}

/** As it is stored: two JSON texts on two lines, so that the first is at hand for whoever is told. */
export function decodeRecord(text: string): CallbackRecord {
  const cut = text.indexOf('\n')
  return { callback: JSON.parse(text.slice(0, cut)) as Callback, inner: JSON.parse(text.slice(cut + 1)) as Inner }
}

/** What its holder needs to act on it; undefined while nobody holds it. */
export function toOffer({ callback: { id, state }, inner: { token, leaseUntil } }: CallbackRecord): Offer | undefined {
  return state === 'offered' || state === 'active' ? { callback: id, token, leaseUntil } : undefined
}
