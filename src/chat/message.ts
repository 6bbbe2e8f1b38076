/** Pure: a message as it is stored (lua/message.lua), and as the protocol tells it. */
import type { Message } from '../protocol/index.ts'

/** What else there is to say of a message; the names are the protocol's. */
export type More = Omit<Message, 'offset' | 'key' | 'from' | 'at' | 'text'>

type Stored = [key: string, from: string, at: number, text: string, more?: More]

/** Who the service itself is, where it says something in a channel. Nobody may be called so. */
export const service = 'visavis'

export function decodeMessage(offset: number, json: string): Message {
  const [key, from, at, text, more] = JSON.parse(json) as Stored
  return { offset, key, from, text, at, ...more }
}

/** The JSON object of what is there; empty when nothing is. */
export const encodeMore = (more: More): string => {
  const json = JSON.stringify(more)
  return json === '{}' ? '' : json
}

/** The side of a conversation that somebody speaks for: the jobseeker, or whoever follows them; the service for none. */
export const sideOf = (channel: string, from: string): 'j' | 'a' | '' =>
  from === service ? '' : from === channel ? 'j' : 'a'
