/** The transitions and consistent reads of a channel as typed functions. */
import type { Message, Position } from '../protocol/index.ts'
import { script } from '../store/script.ts'

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)

type PublishKeys = [messages: string, meta: string, read: string, published: string, log: string]
type PublishArgs = [
  key: string,
  sender: string,
  text: string,
  at: number,
  message: string,
  channel: string,
  epoch: string,
  rememberMs: number,
  logLength: number,
]

export const publish = script<PublishKeys, PublishArgs, { position: Position; at: number }>(
  file('publish'),
  (reply) => {
    const [offset, epoch, at] = reply as [number, string, number]
    return { position: { epoch, offset }, at }
  },
)

export const read = script<
  [meta: string, read: string, log: string],
  [person: string, offset: number, event: string, logLength: number],
  number
>(file('read'), Number)

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

export const summary = script<
  [messages: string, meta: string, read: string],
  [person: string],
  { position: Position; readOffset: number; last: Message | undefined }
>(file('summary'), (reply) => {
  const [epoch, offset, readOffset, entries] = reply as [string, number, number, Entry[]]
  return { position: { epoch, offset }, readOffset, last: entries.map(toMessage)[0] }
})

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
