/**
 * The chain of a record. *Pure.* An entry is hashed as canonical JSON (RFC 8785) and has the hash of the entry before it in it,
 * so whoever has a head can tell whether anything up to it was changed, left out, put in or put elsewhere.
 */
import { canonical, digestOf } from '../protocol/canonical.ts'
import type { AttendanceEntry, Head } from '../protocol/index.ts'

/** What the first entry has before it. */
export const nothingBefore = '0'.repeat(64)
export const emptyHead: Head = { n: 0, hash: nothingBefore }

/** An entry before it has its place. */
export type Loose = Omit<AttendanceEntry, 'n' | 'prev'>

export interface Link {
  readonly entry: AttendanceEntry
  /** As it is hashed and stored. */
  readonly text: string
  readonly head: Head
}

/** Chains entries, in their order, to a head. */
export function chainAfter(head: Head, loose: readonly Loose[]): Link[] {
  const links: Link[] = []
  let before = head
  for (const one of loose) {
    const entry: AttendanceEntry = { ...one, n: before.n + 1, prev: before.hash }
    const text = canonical(entry)
    before = { n: entry.n, hash: digestOf(text) }
    links.push({ entry, text, head: before })
  }
  return links
}

export type Break =
  | { readonly is: 'number'; readonly n: number }
  | { readonly is: 'appointment'; readonly n: number }
  | { readonly is: 'chain'; readonly n: number }

/** The heads of entries one after the other, and the first place where they do not fit. `n` counts from 1. */
export function headsOf(entries: readonly AttendanceEntry[]): { heads: Head[]; broken: Break | undefined } {
  const heads: Head[] = []
  let before = emptyHead
  for (const [index, entry] of entries.entries()) {
    const n = index + 1
    if (entry.n !== n) return { heads, broken: { is: 'number', n } }
    if (entry.appointment !== entries[0]?.appointment) return { heads, broken: { is: 'appointment', n } }
    if (entry.prev !== before.hash) return { heads, broken: { is: 'chain', n } }
    before = { n, hash: digestOf(canonical(entry)) }
    heads.push(before)
  }
  return { heads, broken: undefined }
}
