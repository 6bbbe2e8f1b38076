/** Where the documents come from: what the index asks of whoever keeps the truth. */
import type { Position } from '../protocol/index.ts'

/** Messages everybody in the conversation may read, or notes for advisors only. */
export type Space = 'channel' | 'notes'

export interface SourceMessage {
  /** 1, 2, 3 … */
  readonly offset: number
  /** When it was written (ms). */
  readonly at: number
  readonly from: string
  /** Empty: there is nothing to find any more. */
  readonly text: string
}

export interface Changes {
  /** What is new or changed, in its newest state. */
  readonly messages: readonly SourceMessage[]
  /** Up to where this is the whole. Another epoch, or less than was known, means that the stream was made anew. */
  readonly position: Position
  readonly more: boolean
  /** What lies before this offset is gone; absent: nothing is. */
  readonly oldest?: number
}

export interface Source {
  /** All there are: what is indexed and not among them is forgotten. */
  channels(): AsyncIterable<{ readonly channel: string; readonly position: Position }>
  /** What came after a position; from the beginning without one. */
  changesSince(channel: string, position: Position | undefined, limit: number): Promise<Changes>
}
