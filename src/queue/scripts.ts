/** The transitions of a callback and of an advisor's desk as typed functions. */
import type { CallbackState } from '../protocol/index.ts'
import { eventsPrelude, sharedEventPrelude } from '../store/events.ts'
import { script } from '../store/script.ts'
import { type CallbackRecord, decodeRecord, type StoredRecord } from './callback.ts'
import { type DeskRecord, workOf } from './desk.ts'
import { idOf, type QueueKeys } from './keys.ts'

/** What came of an act on one callback. */
export type Outcome =
  | { readonly is: 'ok'; readonly record: CallbackRecord }
  /** There is none of that id for this person. */
  | { readonly is: 'missing' }
  /** The lease is over, or the token is not the newest. */
  | { readonly is: 'gone' }
  /** The window asked for has no room left. */
  | { readonly is: 'full' }
  /** The advisor holds as many as they may. */
  | { readonly is: 'busy' }
  | { readonly is: 'conflict'; readonly state: CallbackState }

/** Of its reply. */
export function outcome(reply: unknown): Outcome {
  const [is, value] = reply as [Outcome['is'], unknown]
  if (is === 'ok') return { is, record: decodeRecord(value as StoredRecord) }
  if (is === 'conflict') return { is, state: value as CallbackState }
  return { is }
}

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)
const preludes = [eventsPrelude, sharedEventPrelude, file('plain'), file('queue')]
const maybeRecord = (reply: unknown) => (reply === null ? undefined : decodeRecord(reply as StoredRecord))

export type Requested =
  | { readonly is: 'created' | 'existing'; readonly record: CallbackRecord }
  /** The window has no room left; the jobseeker is erased. */
  | { readonly is: 'full' | 'erased' }

export function requestedBy(reply: unknown): Requested {
  const [is, stored] = reply as [Requested['is'], StoredRecord]
  return is === 'full' || is === 'erased' ? { is } : { is, record: decodeRecord(stored) }
}

export const offeredBy = (reply: unknown): CallbackRecord | undefined => maybeRecord((reply as unknown[])[0] ?? null)

export interface Completed {
  readonly outcome: Outcome
  readonly next: CallbackRecord | undefined
}

export const completedBy = (reply: unknown): Completed => ({
  outcome: outcome(reply),
  next: maybeRecord((reply as unknown[])[2] ?? null),
})

/** What a request brings (lua/request.lua). */
export type RequestArgs = [
  ...[id: string, jobseeker: string, advisor: string, topic: string, language: string],
  ...[callback: string, window: string, from: number | '', capacity: number],
  ...[team: string, answerBy: number, cover: number, ofTeam: number, region: number],
]
/** What an offer needs to know (lua/offering.lua); pairs of a line and its head start follow. */
export type Offering = [name: string, team: string, leaseMs: number, limit: number, ...scopes: (string | number)[]]
export type AcceptArgs = [id: string, advisor: string, token: number, longestCallMs: number]
export type CompleteArgs = [
  ...[
    id: string,
    advisor: string,
    token: number,
    disposition: string,
    note: string,
    followUp: string,
    wrapUpMs: number,
  ],
  ...next: [] | Offering,
]

/** One of those that are done together. */
export type Act =
  | { readonly kind: 'request'; readonly requested: string; readonly args: RequestArgs }
  | { readonly kind: 'offer'; readonly args: [advisor: string, ...Offering] }
  | { readonly kind: 'accept'; readonly args: AcceptArgs }
  | { readonly kind: 'complete'; readonly args: CompleteArgs }

/** @returns the reply to each, in their order. */
export const acts = script<
  [...QueueKeys, day: string, erased: string, ...requested: string[]],
  [toActive: string, toDone: string, rememberMs: number, kept: number, ...acts: (string | number)[]],
  readonly unknown[]
>(file('acts'), (replies) => replies as unknown[], [
  ...preludes,
  ...['request', 'accept', 'offering', 'complete'].map(file),
])

export const pick = script<
  [...QueueKeys, day: string],
  [id: string, advisor: string, name: string, limit: number, longestCallMs: number, ...lines: string[]],
  Outcome
>(file('pick'), outcome, preludes)

export const decline = script<
  QueueKeys,
  [id: string, advisor: string, token: number, reason: string, until: number, latest: number],
  Outcome
>(file('decline'), outcome, preludes)

export const reopen = script<QueueKeys, [id: string], boolean>(file('reopen'), (reply) => reply === 1, preludes)

/** Why what an advisor holds goes back (lua/give-back.lua). */
export type GiveBack = 'expired' | 'released' | 'gone'

export const giveBack = script<QueueKeys, [id: string, why: GiveBack, whose: string], boolean>(
  file('give-back'),
  (reply) => reply === 1,
  preludes,
)

export const widen = script<QueueKeys, [id: string], boolean>(file('widen'), (reply) => reply === 1, preludes)

export const attempt = script<
  QueueKeys,
  [
    id: string,
    advisor: string,
    token: number,
    key: string,
    outcome: string,
    note: string,
    most: number,
    verdict: string,
    plan: string,
  ],
  Outcome
>(file('attempt'), outcome, preludes)

export const cancel = script<QueueKeys, [id: string, jobseeker: string, allowed: string], Outcome>(
  file('cancel'),
  outcome,
  preludes,
)

export const reschedule = script<
  QueueKeys,
  [
    id: string,
    jobseeker: string,
    key: string,
    allowed: string,
    phone: string,
    plan: string,
    soon: string,
    capacity: number,
  ],
  Outcome
>(file('reschedule'), outcome, preludes)

export const reassign = script<
  QueueKeys,
  [id: string, by: string, to: string, team: string, reason: string, take: string, at: string],
  Outcome
>(file('reassign'), outcome, preludes)

export const raise = script<
  QueueKeys,
  [id: string, by: string, priority: number, bonusMs: number, reason: string],
  Outcome
>(file('raise'), outcome, preludes)

export const pause = script<QueueKeys, [team: string, message: string, by: string], boolean>(
  file('pause'),
  (reply) => reply === 1,
  preludes,
)

export interface Place {
  readonly record: CallbackRecord
  /** How many are before it in its step; undefined when it is not in line. */
  readonly ahead: number | undefined
  /** Advisors of the step who are at work. */
  readonly staff: number
  readonly handlingMs: number | undefined
  readonly pause: string | undefined
}

export const place = script<QueueKeys, [id: string, ...covers: string[]], Place | undefined>(
  file('place'),
  (reply) => {
    if (reply === null) return undefined
    const [stored, ahead, staff, pace, pause] = reply as [StoredRecord, number, number, string, string]
    return {
      record: decodeRecord(stored),
      ahead: ahead < 0 ? undefined : ahead,
      staff,
      handlingMs: pace === '' ? undefined : Number(pace),
      pause: pause === '' ? undefined : (JSON.parse(pause) as { message: string }).message,
    }
  },
  preludes,
)

/** Pairs of a line and its head start follow. */
export const choices = script<
  QueueKeys,
  [advisor: string, most: number, ...scopes: (string | number)[]],
  CallbackRecord[]
>(file('choices'), (reply) => (reply as StoredRecord[]).map(decodeRecord), preludes)

export interface OfAdvisor {
  /** Of what is open with them. */
  readonly ids: readonly string[]
  /** Of what they hold, of others as well. */
  readonly held: readonly string[]
}

export const ofAdvisor = script<[lists: string, desks: string], [advisor: string, most: number], OfAdvisor>(
  file('of-advisor'),
  (reply) => {
    const [members, desk] = reply as [members: string[], desk?: string | null]
    return { ids: members.map(idOf), held: Object.keys(workOf(desk)) }
  },
)

/** @returns whether it was there. */
export const forget = script<QueueKeys, [id: string, jobseeker: string], boolean>(
  file('forget'),
  (reply) => reply === 1,
  preludes,
)

/** @returns whether it went. */
export const expire = script<QueueKeys, [id: string, before: number], boolean>(
  file('expire'),
  (reply) => reply === 1,
  preludes,
)

export const desk = script<QueueKeys, [advisor: string, what: string, ...values: (string | number)[]], DeskRecord>(
  file('desk'),
  (reply) => JSON.parse(String(reply)) as DeskRecord,
  preludes,
)

export const depart = script<QueueKeys, [advisor: string, atOnce: string, forGood: string], string[] | undefined>(
  file('depart'),
  (reply) => (reply === null ? undefined : (reply as string[])),
  preludes,
)
