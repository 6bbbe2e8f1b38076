/** What of a channel somebody has not read that was said to them. Pure. */
import type { Message } from '../protocol/index.ts'
import { sideOf } from './message.ts'

export interface UnreadBy {
  /** Of the first message: its offset, and when it was written (ms). */
  readonly first: number
  readonly at: number
  readonly count: number
  readonly from: readonly string[]
}

/** @param messages ascending, those after what was read. What colleagues, or the service, say is said to the other side. */
export function unreadBy(person: string, channel: string, messages: readonly Message[]): UnreadBy | undefined {
  const own = sideOf(channel, person)
  const said = messages.filter(({ from, deletedAt, system }) => {
    const side = sideOf(channel, from)
    return deletedAt === undefined && system === undefined && side !== '' && side !== own
  })
  const [first] = said
  if (first === undefined) return undefined
  return { first: first.offset, at: first.at, count: said.length, from: [...new Set(said.map(({ from }) => from))] }
}
