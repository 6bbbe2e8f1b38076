/** The transitions of a callback as typed functions. */
import type { CallbackState } from '../protocol/index.ts'
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

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)

type RequestKeys = [
  callbacks: string,
  history: string,
  open: string,
  waiting: string,
  queue: string,
  own: string,
  requested: string,
  log: string,
]

export const request = script<
  RequestKeys,
  [callback: string, rememberMs: number, kept: number, logLength: number],
  { created: boolean; record: CallbackRecord }
>(file('request'), (reply) => {
  const [word, json] = reply as ['created' | 'existing', string]
  return { created: word === 'created', record: record(json) }
})

export const offer = script<
  [callbacks: string, history: string, held: string, leased: string, waiting: string, log: string],
  [advisor: string, leaseMs: number, logLength: number],
  CallbackRecord | undefined
>(file('offer'), (reply) => (reply === null ? undefined : record(reply)))

export const accept = script<
  [callbacks: string, history: string, leased: string, log: string],
  [id: string, advisor: string, token: number, allowed: string, logLength: number],
  Outcome
>(file('accept'), outcome)

export const complete = script<
  [callbacks: string, history: string, open: string, held: string, queue: string, log: string],
  [id: string, advisor: string, token: number, allowed: string, disposition: string, note: string, logLength: number],
  Outcome
>(file('complete'), outcome)

type CancelKeys = [
  callbacks: string,
  history: string,
  open: string,
  held: string,
  leased: string,
  waiting: string,
  queue: string,
  log: string,
]

export const cancel = script<CancelKeys, [id: string, jobseeker: string, allowed: string, logLength: number], Outcome>(
  file('cancel'),
  outcome,
)

export const giveBack = script<
  [callbacks: string, history: string, held: string, leased: string, waiting: string, log: string],
  [id: string, advisor: string, why: 'expired' | 'released', logLength: number],
  boolean
>(file('give-back'), (reply) => reply === 1)
