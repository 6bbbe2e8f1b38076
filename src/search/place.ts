/**
 * *Pure.* Where a document is: its number in the index, and its place in the order of answers.
 *
 * The number is made of the conversation's and the offset, so that the documents of a conversation lie side by side in
 * their order and need no index of their own.
 */
import type { Space } from './source.ts'

/** Whose documents: a channel's messages, or the notes kept about its jobseeker. */
export interface Place {
  readonly space: Space
  readonly channel: string
}

export const placeKey = ({ space, channel }: Place): string => `${space}/${channel}`

/** Offsets below it are searchable: a hundred messages a day for 28 years. */
export const mostOffsets = 2 ** 20

/** Safe as a double for 2^33 conversations. */
export const documentId = (conversation: number, offset: number): number => conversation * mostOffsets + offset

export const conversationOf = (id: number): number => Math.floor(id / mostOffsets)
export const offsetOf = (id: number): number => id % mostOffsets

/** Put before each word of a conversation in the index. `_` is in no word, so that no mark is the beginning of another. */
export const markOf = (conversation: number): string => `${conversation.toString(36)}_`

/** All answers are in this order, newest first. */
export interface Rank {
  /** Never less than that of an earlier message of the same conversation (ms). */
  readonly at: number
  readonly id: number
}

export const isBefore = (a: Rank, b: Rank): boolean => a.at < b.at || (a.at === b.at && a.id < b.id)

/** Opaque for clients: where the next page begins. */
export const encodeCursor = ({ at, id }: Rank): string => `${at.toString(36)}.${id.toString(36)}`

/** Undefined when it is none of ours. */
export function decodeCursor(cursor: string): Rank | undefined {
  const [at = Number.NaN, id = Number.NaN] = cursor.split('.').map((part) => Number.parseInt(part, 36))
  return Number.isSafeInteger(at) && Number.isSafeInteger(id) ? { at, id } : undefined
}
