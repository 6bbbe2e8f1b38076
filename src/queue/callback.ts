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

/** As it is stored: two JSON texts on two lines; or, of a plain record, its head and its body (lua/plain.lua). */
export type StoredRecord = readonly [text: string] | readonly [head: string, body: string]

/** Words of a head before its JSON. */
const headWords = 21

export function decodeRecord([text, body]: StoredRecord): CallbackRecord {
  if (body !== undefined && !text.startsWith('{')) return decodePlain(text, body)
  const cut = text.indexOf('\n')
  return { callback: JSON.parse(text.slice(0, cut)) as Callback, inner: JSON.parse(text.slice(cut + 1)) as Inner }
}

function decodePlain(head: string, body: string): CallbackRecord {
  const words = head.split('|', headWords)
  const [state, step = '', changedAt, token, steps, entered, leaseUntil] = words
  const [answerBy, cover, ofTeam, ofRegion, team = ''] = words.slice(12)
  const rest = head.slice(words.reduce((length, word) => length + word.length + 1, 0))
  const [fields = '', note] = rest.split('\n')
  const known = `{"state":"${state}","changedAt":${changedAt}${step === '' ? '' : `,"step":"${step}"`}`
  return {
    callback: JSON.parse(`${known}${fields}${body}`) as Callback,
    inner: {
      ...{ token: Number(token), steps: Number(steps), entered: Number(entered), leaseUntil: Number(leaseUntil) },
      ...{ bonus: 0, team, answerBy: Number(answerBy), declined: {} },
      at: { cover: Number(cover), team: Number(ofTeam), region: Number(ofRegion) },
      ...(note === undefined ? {} : { note: JSON.parse(note) as string }),
    },
  }
}

/** What its holder needs to act on it; undefined while nobody holds it. */
export function toOffer({ callback: { id, state }, inner: { token, leaseUntil } }: CallbackRecord): Offer | undefined {
  return state === 'offered' || state === 'active' ? { callback: id, token, leaseUntil } : undefined
}
