/** When a cover begins and ends, whom it concerns is told. Pure: the moment is an argument. */
import { type Cover, endOf, isActive } from './cover.ts'

export interface Turn {
  /** What is so now, and is to be said; undefined: nothing. */
  readonly is: 'started' | 'ended' | undefined
  /** When it turns next (ms); undefined: never again. */
  readonly at: number | undefined
}

/** @param others covers of the same advisor. */
export function turnOf(cover: Cover, others: readonly Cover[], now: number): Turn {
  const end = endOf(cover)
  // Taken back before it began.
  if (cover.from >= end) return { is: undefined, at: undefined }
  if (now < cover.from) return { is: undefined, at: cover.from }
  if (now < end) return { is: 'started', at: end }
  const goesOn = others.some((other) => other.id !== cover.id && other.cover === cover.cover && isActive(other, now))
  return { is: goesOn ? undefined : 'ended', at: undefined }
}
