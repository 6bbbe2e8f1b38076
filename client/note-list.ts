/** *Pure.* What is known of the notes about one jobseeker, whatever the order in which pages, events and answers arrive. */
import type { Note } from '../src/protocol/index.ts'

export interface NoteList {
  /** Those made before `since` are known by chance, and not shown. */
  readonly known: ReadonlyMap<string, Note>
  /** What arrives late of them is not shown again. */
  readonly removed: ReadonlySet<string>
  /** Every note made at this moment or later is known: Infinity before the first page, 0 when there are no others. */
  readonly since: number
}

/** An answer of note.list. */
export interface NotePage {
  readonly notes: readonly Note[]
  readonly more: boolean
}

export const noNotes: NoteList = { known: new Map(), removed: new Set(), since: Number.POSITIVE_INFINITY }

/** Newest first, without gaps. */
export const shownOf = ({ known, since }: NoteList): readonly Note[] =>
  [...known.values()].filter(({ at }) => at >= since).sort((a, b) => b.at - a.at)

/** A note as it stood at some moment; an older state than the one known changes nothing. */
export function withNote(list: NoteList, note: Note): NoteList {
  const known = list.known.get(note.id)
  if (list.removed.has(note.id) || (known !== undefined && changedAt(known) >= changedAt(note))) return list
  return { ...list, known: new Map(list.known).set(note.id, note) }
}

export function withoutNote(list: NoteList, id: string): NoteList {
  if (list.removed.has(id)) return list
  const known = new Map(list.known)
  known.delete(id)
  return { ...list, known, removed: new Set(list.removed).add(id) }
}

/** The newest page, or the one that was asked for with `before: list.since`. */
export function withPage(list: NoteList, { notes, more }: NotePage): NoteList {
  const oldest = notes.at(-1)?.at
  const since = !more || oldest === undefined ? 0 : Math.min(oldest, list.since)
  return { ...notes.reduce(withNote, list), since }
}

const changedAt = ({ at, editedAt = at }: Note): number => editedAt
