/** The transitions of canned replies as typed functions. */
import { eventsPrelude } from '../store/events.ts'
import { script } from '../store/script.ts'
import type { Reply } from './reply.ts'

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)
const changing = [eventsPrelude, file('tell')]
const decode = (json: string): Reply => JSON.parse(json) as Reply

type Keys = [replies: string, log: string, nudge: string]

export type PutOutcome =
  | { readonly is: 'stored' | 'unchanged'; readonly reply: Reply }
  /** Since it was read. Without a reply it is gone. */
  | { readonly is: 'changed'; readonly reply?: Reply }
  | { readonly is: 'tooMany' }
  /** Whoever writes it. */
  | { readonly is: 'erased' }

export const put = script<
  [...Keys, erased: string],
  [reply: string, read: number | '', most: number, topic: string],
  PutOutcome
>(
  file('put'),
  (reply) => {
    const [is, json] = reply as [PutOutcome['is'], string | undefined]
    if (is === 'tooMany' || is === 'erased') return { is }
    if (is === 'changed') return json === undefined ? { is } : { is, reply: decode(json) }
    return { is, reply: decode(json ?? '') }
  },
  changing,
)

export type RemoveOutcome = { readonly is: 'removed' | 'gone' } | { readonly is: 'changed'; readonly reply: Reply }

export const remove = script<Keys, [id: string, read: number, author: string, topic: string], RemoveOutcome>(
  file('remove'),
  (reply) => {
    const [is, json] = reply as [RemoveOutcome['is'], string]
    return is === 'changed' ? { is, reply: decode(json) } : { is }
  },
  changing,
)

export interface Page {
  readonly replies: readonly Reply[]
  /** Absent on the last page. */
  readonly next?: string
}

export const page = script<[replies: string], [after: string, fullBytes: number], Page>(file('page'), (reply) => {
  const [next, ...replies] = reply as [string, ...string[]]
  return { replies: replies.map(decode), ...(next === '' ? {} : { next }) }
})
