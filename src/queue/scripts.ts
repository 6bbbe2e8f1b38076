/** The transitions of a callback as typed functions. */
import type { CallbackState } from '../protocol/index.ts'
import { eventsPrelude } from '../store/events.ts'
import { script } from '../store/script.ts'
import type { CallbackRecord } from './callback.ts'

/** What came of an act on one callback. */
export type Outcome =
  | { readonly is: 'ok'; readonly record: CallbackRecord }
  /** There is none of that id for this person. */
  | { readonly is: 'missing' }
  /** The lease is over, or the token is not the newest. */
  | { readonly is: 'gone' }
  | { readonly is: 'conflict'; readonly state: CallbackState }

const record = (json: unknown): CallbackRecord => JSON.parse(String(json)) as CallbackRecord

function outcome(reply: unknown): Outcome {
  const [is, value] = reply as [Outcome['is'], string]
  if (is === 'ok') return { is, record: record(value) }
  if (is === 'conflict') return { is, state: value as CallbackState }
  return { is }
}

/** Every transition tells both sides. */
const preludes = [eventsPrelude, new URL('./lua/tell.lua', import.meta.url)]

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)

type RequestKeys = [
  callbacks: string,
  history: string,
  open: string,
  waiting: string,
  queue: string,
  own: string,
  requested: string,
  feeds: string,
  log: string,
  nudge: string,
  erased: string,
]

/** Undefined for a jobseeker who is erased. */
export const request = script<
  RequestKeys,
  [callback: string, rememberMs: number, kept: number],
  { created: boolean; record: CallbackRecord } | undefined
>(
  file('request'),
  (reply) => {
    const [word, json] = reply as ['created' | 'existing' | 'erased', string]
    return word === 'erased' ? undefined : { created: word === 'created', record: record(json) }
  },
  preludes,
)

/** @returns whether it was there. */
export const forget = script<
  [
    callbacks: string,
    history: string,
    open: string,
    held: string,
    leased: string,
    waiting: string,
    queue: string,
    own: string,
  ],
  [id: string],
  boolean
>(file('forget'), (reply) => reply === 1)

export const offer = script<
  [
    callbacks: string,
    history: string,
    held: string,
    leased: string,
    waiting: string,
    feeds: string,
    log: string,
    nudge: string,
  ],
  [advisor: string, leaseMs: number],
  CallbackRecord | undefined
>(file('offer'), (reply) => (reply === null ? undefined : record(reply)), preludes)

export const accept = script<
  [callbacks: string, history: string, leased: string, feeds: string, log: string, nudge: string],
  [id: string, advisor: string, token: number, allowed: string],
  Outcome
>(file('accept'), outcome, preludes)

export const complete = script<
  [
    callbacks: string,
    history: string,
    open: string,
    held: string,
    queue: string,
    feeds: string,
    log: string,
    nudge: string,
  ],
  [id: string, advisor: string, token: number, allowed: string, disposition: string, note: string],
  Outcome
>(file('complete'), outcome, preludes)

type CancelKeys = [
  callbacks: string,
  history: string,
  open: string,
  held: string,
  leased: string,
  waiting: string,
  queue: string,
  feeds: string,
  log: string,
  nudge: string,
]

export const cancel = script<CancelKeys, [id: string, jobseeker: string, allowed: string], Outcome>(
  file('cancel'),
  outcome,
  preludes,
)

export const giveBack = script<
  [
    callbacks: string,
    history: string,
    held: string,
    leased: string,
    waiting: string,
    feeds: string,
    log: string,
    nudge: string,
  ],
  [id: string, advisor: string, why: 'expired' | 'released'],
  boolean
>(file('give-back'), (reply) => reply === 1, preludes)

/** @returns whether it went. */
export const expire = script<[callbacks: string, history: string, own: string], [id: string, before: number], boolean>(
  new URL('./lua/expire.lua', import.meta.url),
  (reply) => reply === 1,
)
