/**
 * What an entry of the audit log is, and what can never be in one. Pure.
 *
 * An entry has ids, numbers, true or false, and words of the protocol; never text that somebody wrote, a phone number, a
 * name, a token or SDP. Whoever records says which fields are kept; this file lets through only what has such a shape.
 */

import type { SubjectKind } from '../protocol/define.ts'
import type { Role } from '../protocol/index.ts'

/** `agency` by its own token; `unknown` before somebody has proved who they are. */
export type Actor = { readonly person: string; readonly role: Role } | 'agency' | 'unknown'

export interface Subject {
  readonly kind: SubjectKind
  readonly id: string
}

export type Details = Readonly<Record<string, unknown>>

export interface Entry {
  /** When it happened (ms); that it was stored may be a moment later. */
  readonly at: number
  readonly actor: Actor
  /** Absent for REST. */
  readonly session?: string | undefined
  /** IP address. */
  readonly from: string
  /** A method of the protocol, `session.ended`, or a route (`PUT /api/regions/:region/people/:id`). */
  readonly act: string
  /** Absent when it is about nobody but the actor. */
  readonly subject?: Subject | undefined
  /** `ok` or an error code. */
  readonly outcome: string
  readonly details?: Details | undefined
}

/** An entry as it is stored and exported: numbered in its log 1, 2, 3 … without gaps. */
export interface StoredEntry extends Entry {
  readonly n: number
}

/** Ids, words and enums of the protocol; no spaces, so no text. */
const word = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/

const isWord = (value: unknown): value is string => typeof value === 'string' && word.test(value)

/** The entry as JSON, in one order of fields, without what it may not have. It gets its number later: see `numbered`. */
export function encode({ at, actor, session, from, act, subject, outcome, details = {} }: Entry): string {
  const kept = Object.entries(details).filter(([, value]) => mayBeKept(value))
  return JSON.stringify({
    at,
    actor,
    session: isWord(session) ? session : undefined,
    from,
    act,
    // An id that is none (of a request refused before it was validated) is not repeated.
    subject: subject !== undefined && isWord(subject.id) ? { kind: subject.kind, id: subject.id } : undefined,
    outcome,
    details: kept.length === 0 ? undefined : Object.fromEntries(kept),
  })
}

const mayBeKept = (value: unknown): boolean =>
  typeof value === 'boolean' || Number.isSafeInteger(value) || isWord(value)

/** The JSON of `encode` with the entry's number in its log in front. */
export const numbered = (encoded: string, n: number): string => `{"n":${n},${encoded.slice(1)}`

/** Everybody an entry is about: what a filter for a person goes by. */
export function peopleOf({ actor, subject, details }: Entry): string[] {
  const jobseeker = details?.jobseeker
  return [
    ...(typeof actor === 'string' ? [] : [actor.person]),
    ...(subject === undefined || !personal.includes(subject.kind) ? [] : [subject.id]),
    ...(typeof jobseeker === 'string' ? [jobseeker] : []),
  ]
}

/** Kinds whose id is a person's. */
const personal: readonly SubjectKind[] = ['person', 'channel', 'room']

export interface Filter {
  /** A person's id, or `agency`, or `unknown`. */
  readonly actor?: string | undefined
  /** An id of any kind; a person's also finds their channel, room and callbacks. */
  readonly subject?: string | undefined
}

export function matches(entry: Entry, { actor, subject }: Filter): boolean {
  const by = typeof entry.actor === 'string' ? entry.actor : entry.actor.person
  if (actor !== undefined && by !== actor) return false
  return subject === undefined || entry.subject?.id === subject || entry.details?.jobseeker === subject
}
