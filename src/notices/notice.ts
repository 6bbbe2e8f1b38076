/**
 * A notice: a mail to be sent to somebody who is not there, and the proof of what became of it. Pure.
 *
 *            ┌──────────── again: 4xx, no connection, or not yet ───────────┐
 *            ▼                                                              │
 *   put ──▶ waiting ──take──▶ leased ──sent──▶ sent                         │
 *            │                  ├── 5xx, no address, too many days ──▶ failed
 *            │                  ├── not wanted, too late ──▶ withdrawn      │
 *            │                  └───────────────────────────────────────────┘
 *            └── withdraw ──▶ withdrawn
 *
 * A lease is on Redis's own clock and has a fencing token: of two nodes that have taken the same notice only the later
 * one can record what came of it. One that is withdrawn while it is leased is sent or not, and never tried again.
 */
import type { Language } from '../protocol/index.ts'

export type State = 'waiting' | 'leased' | 'sent' | 'failed' | 'withdrawn'

/** Why something was not sent, or not yet. */
export type Why =
  /** The server said no to this very mail (5xx). */
  | 'refused'
  /** The server said "not now" (4xx). */
  | 'deferred'
  /** There was no connection, no sign-in, or no mail at all is taken from us. */
  | 'unreachable'
  /** The connection ended before the server had said what it made of the mail: it may have been sent. */
  | 'unknown'
  | 'noAddress'
  | 'unwanted'
  /** Nobody wants to read so late of something that waited. */
  | 'tooLate'
  /** It was tried for as many days as are stated. */
  | 'gaveUp'

/** One time that it was handed to a server. Never anything of its content. */
export interface Attempt {
  /** ms, Redis's clock. */
  readonly at: number
  readonly outcome: 'sent' | 'again' | 'failed'
  /** What the server answered: 250, 451, 550 … */
  readonly code?: number
  readonly why?: Why
}

/** As it is stored. */
export interface Notice {
  /** Of the act that it tells of: a repeat with the same key is the same notice. */
  readonly key: string
  readonly person: string
  readonly kind: string
  readonly official: boolean
  readonly urgent: boolean
  /** Several that are due go in one mail. */
  readonly merges: boolean
  /** Nothing of it is kept once it has ended. */
  readonly last: boolean
  /** Not to be sent before (ms). */
  readonly at: number
  /** When it was put (ms, Redis's clock). */
  readonly putAt: number
  readonly changedAt: number
  readonly state: State
  readonly why?: Why
  /** What the mail is made of, as JSON; until it has ended. */
  readonly data?: string
  /** What the Message-ID is made of: the same as long as an earlier one may have gone out. */
  readonly mail?: string
  readonly attempts?: readonly Attempt[]
  /** Of somebody who was forgotten meanwhile: where their last notice goes. */
  readonly to?: { readonly email: string; readonly language: Language }
}

/** What an export shows of a notice. */
export interface NoticeRecord {
  readonly key: string
  readonly kind: string
  readonly official: boolean
  readonly at: number
  readonly state: State
  readonly changedAt: number
  readonly why?: Why
  readonly attempts: readonly Attempt[]
}

export const recordOf = ({ key, kind, official, at, state, changedAt, why, attempts = [] }: Notice): NoticeRecord => ({
  key,
  kind,
  official,
  at,
  state,
  changedAt,
  ...(why === undefined ? {} : { why }),
  attempts,
})

/** How one notice of a taken mail goes on: see lua/settle.lua. */
export type Change =
  | {
      readonly key: string
      readonly state: 'sent' | 'failed' | 'withdrawn'
      readonly why?: Why
      readonly attempt?: Omit<Attempt, 'at'>
    }
  | {
      readonly key: string
      readonly state: 'waiting'
      readonly attempt?: Omit<Attempt, 'at'>
      /** Either a moment (ms) or a time from now. */
      readonly dueAt?: number
      readonly waitMs?: number
      /** The mail may have gone out: the next attempt is the same one. */
      readonly same?: boolean
    }
