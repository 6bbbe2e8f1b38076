/** The transitions and reads of notes as typed functions. */
import type { Note, NoteVersion, Position } from '../protocol/index.ts'
import { eventsPrelude } from '../store/events.ts'
import { script } from '../store/script.ts'

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)
const preludes = [eventsPrelude, file('tell')]

/** What every change touches. */
type Told = [changes: string, stand: string, log: string, nudge: string]

export const decodeNote = (json: string): Note => JSON.parse(json) as Note

export type Added = { readonly is: 'ok'; readonly note: Note } | { readonly is: 'removed' | 'erased' }

export const add = script<
  [notes: string, order: string, numbers: string, noted: string, ...Told, erased: string],
  [jobseeker: string, id: string, text: string, by: string, now: number],
  Added
>(
  file('add'),
  (reply) => {
    const [is, json = ''] = reply as [Added['is'], string?]
    return is === 'ok' ? { is, note: decodeNote(json) } : { is }
  },
  preludes,
)

export type Edited = { readonly is: 'ok' | 'changed' | 'often'; readonly note: Note } | { readonly is: 'missing' }

export const edit = script<
  [notes: string, versions: string, ...Told],
  [jobseeker: string, id: string, text: string, by: string, now: number, read: number | '', most: number],
  Edited
>(
  file('edit'),
  (reply) => {
    const [is, json = ''] = reply as [Edited['is'], string?]
    return is === 'missing' ? { is } : { is, note: decodeNote(json) }
  },
  preludes,
)

type Dropping = [notes: string, order: string, versions: string, ...Told]
const dropPreludes = [...preludes, file('drop')]

export const remove = script<Dropping, [jobseeker: string, id: string], boolean>(
  file('remove'),
  (reply) => reply === 1,
  dropPreludes,
)

/** @returns whether it went. */
export const expire = script<Dropping, [jobseeker: string, id: string, before: number], boolean>(
  file('expire'),
  (reply) => reply === 1,
  dropPreludes,
)

/** @returns how many notes there were. */
export const forget = script<
  [order: string, noted: string, log: string, nudge: string, ...rest: string[]],
  [jobseeker: string],
  number
>(file('forget'), Number, [eventsPrelude])

/** A note as a change has left it. */
export interface ChangedNote {
  readonly change: number
  readonly number: number
  /** Undefined: it was removed. */
  readonly note: Note | undefined
}

export const since = script<
  [notes: string, numbers: string, changes: string, stand: string],
  [epoch: string, after: number, most: number],
  { readonly position: Position; readonly changed: readonly ChangedNote[] }
>(file('since'), (reply) => {
  const [epoch, offset, ...found] = reply as [string, number, ...[number, number, string][]]
  const changed = found.map(([change, number, json]) => ({
    change,
    number,
    note: json === '' ? undefined : decodeNote(json),
  }))
  return { position: { epoch, offset }, changed }
})

export const list = script<[notes: string, order: string], [before: string, most: number], Note[]>(
  file('list'),
  (reply) => (reply as string[]).map(decodeNote),
)

/** Newest first; undefined when there is no such note. */
export const versions = script<
  [notes: string, versions: string],
  [id: string, before: number, most: number],
  NoteVersion[] | undefined
>(file('versions'), (reply) => {
  const [is, first, ...found] = reply as ['ok' | 'missing', number, ...string[]]
  if (is === 'missing') return undefined
  return found.map((json, index) => ({ n: first - index, ...(JSON.parse(json) as Omit<NoteVersion, 'n'>) }))
})
