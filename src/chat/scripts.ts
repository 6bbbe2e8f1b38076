/** The transitions and consistent reads of a channel as typed functions. */
import type { Message, Position } from '../protocol/index.ts'
import { eventsPrelude } from '../store/events.ts'
import { script } from '../store/script.ts'

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)

type PublishKeys = [messages: string, meta: string, published: string, log: string, nudge: string]
type PublishArgs = [
  key: string,
  sender: string,
  text: string,
  at: number,
  channel: string,
  epoch: string,
  rememberMs: number,
]

export const publish = script<PublishKeys, PublishArgs, { position: Position; at: number }>(
  file('publish'),
  (reply) => {
    const [offset, epoch, at] = reply as [number, string, number]
    return { position: { epoch, offset }, at }
  },
  [eventsPrelude],
)

export const read = script<
  [meta: string, log: string, nudge: string],
  [channel: string, person: string, offset: number],
  number
>(file('read'), Number, [eventsPrelude])

export interface Page {
  readonly position: Position
  /** In the order read. */
  readonly messages: Message[]
}

export const page = script<
  [messages: string, meta: string],
  [direction: 'newest' | 'before' | 'after', offset: number, limit: number],
  Page
>(file('page'), (reply) => {
  const [epoch, offset, entries] = reply as [string, number, Entry[]]
  return { position: { epoch, offset }, messages: entries.map(toMessage) }
})

export interface Since {
  readonly position: Position
  readonly markers: ReadonlyMap<string, number>
  /** All messages after the position asked for; undefined when they cannot be told whole. */
  readonly messages: Message[] | undefined
  /** The newest message, if any, when `messages` is undefined. */
  readonly last: Message | undefined
}

export const since = script<[messages: string, meta: string], [epoch: string, offset: number, most: number], Since>(
  file('since'),
  (reply) => {
    const [flat, whole, entries] = reply as [string[], 0 | 1, Entry[]]
    const position = { epoch: '', offset: 0 }
    const markers = new Map<string, number>()
    for (let n = 0; n + 1 < flat.length; n += 2) {
      const [field = '', value = ''] = [flat[n], flat[n + 1]]
      if (field === 'epoch') position.epoch = value
      else if (field === 'last') position.offset = Number(value)
      else markers.set(field.slice(1), Number(value))
    }
    const messages = entries.map(toMessage)
    const told = whole === 1 ? { messages, last: undefined } : { messages: undefined, last: messages[0] }
    return { position, markers, ...told }
  },
)

/** Fields and not JSON: a stream stores equal field names once per node. 233 bytes against 279 for 128-byte messages. */
type Entry = [
  id: string,
  fields: [k: string, key: string, f: string, from: string, t: string, text: string, a: string, at: string],
]

const toMessage = ([id, [, key, , from, , text, , at]]: Entry): Message => ({
  offset: Number.parseInt(id, 10),
  key,
  from,
  text,
  at: Number(at),
})
