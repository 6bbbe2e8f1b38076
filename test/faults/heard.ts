/** *Pure.* What a client was told of its durable streams, and the check that this equals the streams themselves. */
import { isDeepStrictEqual } from 'node:util'
import type { Position } from '../../src/protocol/index.ts'

/** One thing a client was told, in the order in which it was told. */
export type Step =
  | { readonly is: 'event'; readonly stream: string; readonly position: Position; readonly data: unknown }
  /** Everything up to the position is to be read elsewhere. */
  | { readonly is: 'snapshot'; readonly stream: string; readonly position: Position }
  | { readonly is: 'gone'; readonly stream: string }

/** A stream as it is stored; the n-th entry has the offset n + 1. */
export interface Stored {
  readonly epoch: string
  readonly entries: readonly unknown[]
}

export type Truth = ReadonlyMap<string, Stored>

/** The end of what was told of a stream. */
export function reached(steps: readonly Step[], stream: string): number {
  const last = steps.findLast((step) => step.stream === stream)
  return last === undefined || last.is === 'gone' ? -1 : last.position.offset
}

/**
 * Everything that breaks "from its first snapshot on, each event of a stream was told exactly once, in order, as it is
 * stored". A second snapshot breaks it too: the load of these tests is within what is replayed.
 */
export function violations(steps: readonly Step[], truth: Truth): string[] {
  const found: string[] = []
  for (const [stream, { epoch, entries }] of truth) {
    let at: Position | undefined
    for (const step of steps) {
      if (step.stream !== stream) continue
      if (step.is === 'gone') {
        found.push(`${stream} was taken away`)
        continue
      }
      const { position } = step
      const place = `${stream} ${position.epoch}/${position.offset}`
      if (step.is === 'snapshot') {
        if (at !== undefined) found.push(`${place} is a snapshot, after ${at.epoch}/${at.offset}`)
      } else {
        if (at === undefined) found.push(`${place} came before anything was told of the stream`)
        else if (position.offset !== at.offset + 1) found.push(`${place} came after ${at.epoch}/${at.offset}`)
        if (position.epoch !== epoch) found.push(`${place} is not of the epoch ${epoch}`)
        if (!isDeepStrictEqual(step.data, entries[position.offset - 1])) found.push(`${place} is not what is stored`)
      }
      at = position
    }
    if ((at?.offset ?? -1) !== entries.length) {
      found.push(`${stream} was told up to ${at?.offset ?? 'nothing'} of ${entries.length}`)
    }
  }
  return found
}
