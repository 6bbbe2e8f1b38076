/** The transitions and consistent reads of a channel as typed functions. */
import type { Message, Position } from '../protocol/index.ts'
import { eventsPrelude } from '../store/events.ts'
import { script } from '../store/script.ts'
import { decodeMessage } from './message.ts'

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)
const messagePrelude = file('message')
const changePreludes = [eventsPrelude, messagePrelude, file('change')]
const waitPrelude = file('wait')

type Log = [log: string, nudge: string]

export type Published =
  | {
      readonly is: 'stored'
      readonly offset: number
      readonly position: Position
      readonly at: number
      /** It is the answer that a jobseeker has waited for since then (ms). */
      readonly answers?: number
    }
  | { readonly is: 'tooFast'; readonly waitMs: number }
  | { readonly is: 'noSuchMessage' }
  /** The channel was forgotten. */
  | { readonly is: 'erased' }

export const publish = script<
  [
    messages: string,
    meta: string,
    published: string,
    neighbour: string,
    channels: string,
    open: string,
    unread: string,
    ...Log,
    ...([] | [uncounted: string]),
  ],
  [
    key: string,
    sender: string,
    text: string,
    at: number,
    channel: string,
    epoch: string,
    keepMs: number,
    more: string,
    replyTo: number,
    mostPerMinute: number,
    side: 'j' | 'a' | '',
  ],
  Published
>(
  file('publish'),
  (reply) => {
    const [is, ...rest] = reply as [Published['is'], ...unknown[]]
    if (is === 'tooFast') return { is, waitMs: rest[0] as number }
    if (is === 'noSuchMessage' || is === 'erased') return { is }
    const [offset, epoch, position, at, since] = rest as [number, string, number, number, string]
    const stored = { is, offset, position: { epoch, offset: position }, at } as const
    return since === '' ? stored : { ...stored, answers: Number(since) }
  },
  [eventsPrelude, messagePrelude],
)

/** Why a message was not changed, or where the change is. */
export type Changed =
  | { readonly is: 'changed'; readonly position: Position }
  | { readonly is: 'missing' | 'deleted' | 'foreign' | 'late' | 'often' | 'full' }

function toChanged(reply: unknown): Changed {
  const [is, epoch, offset] = reply as [Changed['is'], string, number]
  return is === 'changed' ? { is, position: { epoch, offset } } : { is }
}

type Changing = [messages: string, meta: string, changes: string, published: string, neighbour: string]

export const edit = script<
  [...Changing, versions: string, ...Log],
  [
    key: string,
    who: string,
    offset: number,
    text: string,
    now: number,
    channel: string,
    keepMs: number,
    windowMs: number,
    most: number,
  ],
  Changed
>(file('edit'), toChanged, changePreludes)

export const remove = script<
  [
    ...Changing,
    versions: string,
    uncounted: string,
    pins: string,
    dropped: string,
    open: string,
    unread: string,
    ...Log,
  ],
  [key: string, who: string, offset: number, now: number, channel: string, keepMs: number],
  Changed
>(file('remove'), toChanged, [...changePreludes, waitPrelude])

export const settle = script<
  [messages: string, meta: string, open: string, ...Log],
  [channel: string, offset: number, now: number],
  void
>(file('settle'), () => {}, [eventsPrelude, messagePrelude, waitPrelude])

export const pin = script<
  [...Changing, pins: string, ...Log],
  [key: string, who: string, offset: number, pinned: 0 | 1, now: number, channel: string, keepMs: number, most: number],
  Changed
>(file('pin'), toChanged, changePreludes)

export const read = script<
  [meta: string, unread: string, ...Log, ...([] | [published: string, neighbour: string])],
  [channel: string, person: string, offset: number, key: string, keepMs: number],
  number
>(file('read'), Number, [eventsPrelude, messagePrelude])

export const receive = script<[meta: string, ...Log], [channel: string, person: string, offset: number], number>(
  file('receive'),
  Number,
  [eventsPrelude],
)

/** @returns whether there is such a message. */
export const markUnread = script<
  [meta: string, published: string, neighbour: string, ...Log],
  [channel: string, person: string, offset: number, key: string, keepMs: number],
  boolean
>(file('mark-unread'), (reply) => reply === 1, [eventsPrelude, messagePrelude])

/** Channels leased to be looked at, and the score in the list by which the lease is known. */
export interface Taken {
  readonly until: number
  readonly channels: readonly string[]
}

export const take = script<[list: string], [leaseMs: number, most: number], Taken>(file('take'), (reply) => {
  const [until, ...channels] = reply as [number, ...string[]]
  return { until, channels }
})

/** @returns whether the lease still held. */
export const lookAgain = script<
  [meta: string, list: string],
  [channel: string, leased: number, field: string, value: string, at: number | '', newest: number | ''],
  boolean
>(file('look-again'), (reply) => reply === 1)

/** @returns how many messages went. */
export const trim = script<
  [
    ...[messages: string, meta: string, changes: string, uncounted: string],
    ...[versions: string, pins: string, dropped: string, ...log: Log],
  ],
  [channel: string, before: number, most: number, keepWaiting: 0 | 1],
  number
>(file('trim'), Number, [eventsPrelude, messagePrelude])

/** @returns how many messages there were. */
export const forget = script<
  [meta: string, channels: string, open: string, unread: string, dropped: string, ...Log, ...rest: string[]],
  [channel: string, fenceMs: number],
  number
>(file('forget'), Number, [eventsPrelude])

/** @returns how many messages named them. */
export const forgetName = script<
  [messages: string, meta: string, changes: string, published: string, ...Log],
  [channel: string, person: string, keepMs: number],
  number
>(file('forget-name'), Number, changePreludes)

export interface Page {
  readonly position: Position
  /** The newest message, and the oldest that is kept. */
  readonly newest: number
  readonly oldest: number
  /** Ascending. */
  readonly messages: Message[]
}

export const page = script<
  [messages: string, meta: string],
  [direction: 'newest' | 'before' | 'after', offset: number, limit: number],
  Page
>(file('page'), (reply) => {
  const [epoch, offset, newest, oldest, from, found] = reply as [string, number, number, number, number, string[]]
  return {
    position: { epoch, offset },
    newest,
    oldest,
    messages: found.map((json, n) => decodeMessage(from + n, json)),
  }
})

/** How far somebody has come in a channel. */
export interface Marker {
  readonly readOffset: number
  readonly receivedOffset: number
}

/** Something that happened in a channel: a message was written, or an earlier one changed into what it is now. */
export interface Happening {
  readonly position: number
  readonly message: Message
  readonly changed: boolean
}

export interface Since {
  readonly position: Position
  /** The newest message, whatever is told of it here. */
  readonly newest: number
  /** The oldest that is kept: 1 until some were taken away. */
  readonly oldest: number
  readonly markers: ReadonlyMap<string, Marker>
  /** Of the person who asks. */
  readonly unread: number
  readonly unreadFrom: number | undefined
  /** Since when the jobseeker has been waiting for an answer (ms). */
  readonly waitingSince: number | undefined
  /** All that happened after the position asked for; undefined when it cannot be told whole. */
  readonly events: Happening[] | undefined
  /** Positions of changes between `events` whose message has been taken away since. */
  readonly expired: readonly number[]
  /** Where `events` end. */
  readonly told: Position
  /** The newest message, if any, when `events` is undefined. */
  readonly last: Message | undefined
}

export const since = script<
  [messages: string, meta: string, changes: string, uncounted: string],
  [epoch: string, offset: number, most: number, channel: string, person: string, part: 0 | 1],
  (person: string) => Since
>(file('since'), (reply) => (person) => {
  const [flat, unread, whole, all, told] = reply as [string[], number, 0 | 1, HappeningReply[], number]
  const meta = new Map(pairs(flat))
  const number = (field: string) => Number(meta.get(field) ?? 0)
  const people = new Set([...meta.keys()].filter((field) => /^[@+]/.test(field)).map((field) => field.slice(1)))
  const markers = [...people].map((id): [string, Marker] => {
    const readOffset = number(`@${id}`)
    return [id, { readOffset, receivedOffset: Math.max(readOffset, number(`+${id}`)) }]
  })
  const found = all.filter(([, , , change]) => change !== 2)
  const expired = all.flatMap(([position, , , change]) => (change === 2 ? [position] : []))
  const events = found.map(
    ([position, offset, json, changed]): Happening => ({
      position,
      message: decodeMessage(offset, json),
      changed: changed === 1,
    }),
  )
  const epoch = meta.get('epoch') ?? ''
  const marked = meta.get(`~${person}`)
  return {
    position: { epoch, offset: number('last') + number('changes') },
    newest: number('last'),
    oldest: Math.max(1, number('first')),
    markers: new Map(markers),
    unread,
    unreadFrom: marked === undefined ? undefined : Number(marked),
    waitingSince: meta.get('side') === 'j' ? number('since') : undefined,
    told: { epoch, offset: told },
    expired,
    ...(whole === 1 ? { events, last: undefined } : { events: undefined, last: events[0]?.message }),
  }
})

type HappeningReply = [position: number, offset: number, message: string, changed: 0 | 1 | 2]

const pairs = (flat: readonly string[]): [string, string][] =>
  flat.flatMap((field, n) => (n % 2 === 0 ? [[field, flat[n + 1] ?? '']] : []))
