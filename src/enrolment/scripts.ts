/** The transitions of people, covers and processes as typed functions. */
import { eventsPrelude } from '../store/events.ts'
import { script } from '../store/script.ts'
import type { Process } from './process.ts'

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)
const personPreludes = [eventsPrelude, file('process'), file('tell')]
const placePreludes = [...personPreludes, file('places')]
const storePreludes = [...placePreludes, file('store')]
const actPreludes = [file('act'), file('former')]
const coverPreludes = [eventsPrelude, file('tell-cover')]

/** Why somebody may not come in (lua/places.lua). */
export type Bar = 'reinforced' | 'closed' | 'pilot' | 'certificate' | 'capacity' | 'ceiling'

export type PutOutcome =
  | 'created'
  | 'stored'
  | 'moved'
  | 'unchanged'
  | 'noted'
  | 'noAdvisor'
  | 'followed'
  | 'left'
  | 'leaving'
  | 'erasing'
  | Bar

type PutKeys = [
  people: string,
  ids: string,
  portfolios: string,
  teams: string,
  processes: string,
  due: string,
  feeds: string,
  log: string,
  nudge: string,
  supervisors: string,
  sizes: string,
  awaited: string,
  acts: string,
  former: string,
]
export const put = script<PutKeys, [person: string, back: 0 | 1, steps: string, limits: string], PutOutcome>(
  file('put'),
  (reply) => reply as PutOutcome,
  [...storePreludes, ...actPreludes],
)

export type TransferOutcome =
  | { readonly is: 'repeated' | 'stored' | 'moved'; readonly answer: string }
  | { readonly is: 'changed' | 'noAdvisor' | Bar }

type TransferKeys = [
  people: string,
  portfolios: string,
  transferred: string,
  processes: string,
  due: string,
  feeds: string,
  log: string,
  nudge: string,
  sizes: string,
  awaited: string,
  supervisors: string,
]
type TransferArgs = [person: string, before: string, steps: string, act: string, rememberMs: number, limits: string]
export const transfer = script<TransferKeys, TransferArgs, TransferOutcome>(
  file('transfer'),
  (reply) => {
    const [is, answer] = reply as [TransferOutcome['is'], string]
    return is === 'moved' || is === 'stored' || is === 'repeated' ? { is, answer } : { is }
  },
  storePreludes,
)

export type LeaveOutcome =
  | { readonly is: 'left' | 'repeated'; readonly leftAt: number }
  | { readonly is: 'missing' }
  /** No jobseeker. */
  | { readonly is: 'other' }

type LeaveKeys = [
  people: string,
  portfolios: string,
  left: string,
  processes: string,
  due: string,
  feeds: string,
  log: string,
  nudge: string,
  sizes: string,
  awaited: string,
  acts: string,
  former: string,
]
type LeaveArgs = [person: string, steps: string, rememberMs: number, by: string, receipt: string, reason: string]
export const leave = script<LeaveKeys, LeaveArgs, LeaveOutcome>(
  file('leave'),
  (reply) => {
    const [is, leftAt] = reply as [LeaveOutcome['is'], number]
    return is === 'left' || is === 'repeated' ? { is, leftAt } : { is }
  },
  [...placePreludes, ...actPreludes],
)

export type JoinOutcome =
  | { readonly is: 'joined' | 'repeated' | 'known'; readonly act: string }
  | { readonly is: 'missing' | 'leaving' | Bar }

type JoinKeys = [
  ...[people: string, portfolios: string, sizes: string, awaited: string, supervisors: string],
  ...[processes: string, due: string, feeds: string, log: string, nudge: string, acts: string, acted: string],
  ...[former: string, texts: string],
]
type JoinArgs = [
  ...[person: string, act: string, limits: string, steps: string, moved: string, rememberMs: number, text: string],
]
export const join = script<JoinKeys, JoinArgs, JoinOutcome>(
  file('join'),
  (reply) => {
    const [is, act] = reply as [JoinOutcome['is'], string]
    return is === 'joined' || is === 'repeated' || is === 'known' ? { is, act } : { is }
  },
  [...storePreludes, ...actPreludes],
)

export const noteAct = script<
  [people: string, acts: string, acted: string, former: string],
  [person: string, act: string, rememberMs: number, onceMs: number],
  { readonly is: 'noted' | 'repeated'; readonly act: string } | { readonly is: 'missing' }
>(
  file('note-act'),
  (reply) => {
    const [is, act] = reply as ['noted' | 'repeated' | 'missing', string]
    return is === 'missing' ? { is } : { is, act }
  },
  actPreludes,
)

/** @returns whether it still was what the decision was made from. */
export const replaceSettings = script<[scheme: string], [before: string, after: string], boolean>(
  file('replace-settings'),
  (reply) => reply === 1,
)

export type PutCoverOutcome =
  | { readonly is: 'stored' | 'unchanged'; readonly cover: string }
  | { readonly is: 'other' | 'ended' | 'past' | 'noAdvisor' | 'noCover' | 'tooMany' }

type PutCoverKeys = [
  people: string,
  covers: string,
  coversOf: string,
  coversBy: string,
  feeds: string,
  log: string,
  nudge: string,
  turns: string,
]
export const putCover = script<PutCoverKeys, [cover: string, most: number, keepMs: number], PutCoverOutcome>(
  file('put-cover'),
  (reply) => {
    const [is, cover] = reply as [PutCoverOutcome['is'], string]
    return is === 'stored' || is === 'unchanged' ? { is, cover } : { is }
  },
  coverPreludes,
)

export const endCover = script<
  [covers: string, feeds: string, log: string, nudge: string, turns: string],
  [id: string],
  string | undefined
>(file('end-cover'), (reply) => (reply === null ? undefined : String(reply)), coverPreludes)

export const takeTurns = script<
  [covers: string, turns: string],
  [leaseMs: number, most: number],
  { readonly until: number; readonly found: readonly string[] }
>(file('take-turns'), (reply) => {
  const [until, ...found] = reply as [number, ...string[]]
  return { until, found }
})

export const turn = script<[turns: string], [id: string, leased: number, at: number | ''], void>(file('turn'), () => {})

export interface Known {
  readonly self: string | undefined
  readonly covers: readonly string[]
  readonly people: readonly string[]
}
export const conversations = script<
  [people: string, portfolios: string, covers: string, coversOf: string, coversBy: string],
  [person: string, role: string, now: number],
  Known
>(file('conversations'), (reply) => {
  const [self, covers, people] = reply as [string, string[], string[]]
  return { self: self === '' ? undefined : self, covers, people }
})

export const takeProcesses = script<[processes: string, due: string], [leaseMs: number, most: number], Process[]>(
  file('take-process'),
  (reply) => (reply as string[]).map((json) => JSON.parse(json) as Process),
)

export const confirmStep = script<
  [processes: string, due: string, log: string, nudge: string],
  [id: string, token: number, step: string, leaseMs: number],
  'more' | 'ended' | 'gone'
>(file('confirm-step'), (reply) => reply as 'more' | 'ended' | 'gone', [eventsPrelude])

export const renewProcess = script<
  [processes: string, due: string],
  [id: string, token: number, leaseMs: number],
  boolean
>(file('renew-process'), (reply) => reply === 1)

export const postponeProcess = script<
  [processes: string, due: string],
  [id: string, token: number, waitMs: number],
  boolean
>(file('postpone-process'), (reply) => reply === 1)

export type EraseOutcome =
  | { readonly is: 'begun' | 'repeated'; readonly erasure: string }
  | { readonly is: 'missing' }
  | { readonly is: 'followed' }

type EraseKeys = [
  people: string,
  portfolios: string,
  teams: string,
  erasures: string,
  erasedBy: string,
  salt: string,
  erased: string,
  processes: string,
  due: string,
  feeds: string,
  log: string,
  nudge: string,
  supervisors: string,
  sizes: string,
  awaited: string,
]
export const erase = script<
  EraseKeys,
  [person: string, erasure: string, salt: string, by: string, steps: string, rememberMs: number, fenceMs: number],
  EraseOutcome
>(
  file('erase'),
  (reply) => {
    const [is, erasure] = reply as [EraseOutcome['is'], string]
    return is === 'begun' || is === 'repeated' ? { is, erasure } : { is }
  },
  placePreludes,
)

export const erasePerson = script<
  [people: string, ids: string, covers: string, coversOf: string, coversBy: string, acts: string, former: string],
  [person: string, erasure: string],
  void
>(file('erase-person'), () => {})

export const noteErasure = script<[erasures: string], [id: string, counts: string, adds: 0 | 1], void>(
  file('note-erasure'),
  () => {},
)

export const completeErasure = script<
  [erasures: string, salt: string],
  [id: string, commitment: string, log: string, waitMs: number],
  void
>(file('complete-erasure'), () => {})

export type CollectOutcome =
  | { readonly is: 'ok'; readonly erasure: string; readonly salt: string }
  | { readonly is: 'missing' }
  | { readonly is: 'early' }
  | { readonly is: 'gone' }

export const collectReceipt = script<
  [erasures: string, salt: string],
  [id: string, key: string, againMs: number],
  CollectOutcome
>(file('collect-receipt'), (reply) => {
  const [is, erasure, salt] = reply as [CollectOutcome['is'], string, string]
  return is === 'ok' ? { is, erasure, salt } : { is }
})
