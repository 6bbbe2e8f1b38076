/** The transitions and reads of notes as typed functions. */
import type { Note, NoteVersion } from '../protocol/index.ts'
import { eventsPrelude } from '../store/events.ts'
import { script } from '../store/script.ts'

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)
const preludes = [eventsPrelude, file('tell')]

export const decodeNote = (json: string): Note => JSON.parse(json) as Note

export type Added = { readonly is: 'ok'; readonly note: Note } | { readonly is: 'removed' | 'erased' }

export const add = script<
  [notes: string, order: string, removed: string, log: string, nudge: string, erased: string],
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

export type Edited = { readonly is: 'ok' | 'changed'; readonly note: Note } | { readonly is: 'missing' }

export const edit = script<
  [notes: string, versions: string, log: string, nudge: string],
  [jobseeker: string, id: string, text: string, by: string, now: number, read: number | ''],
  Edited
>(
  file('edit'),
  (reply) => {
    const [is, json = ''] = reply as [Edited['is'], string?]
    return is === 'missing' ? { is } : { is, note: decodeNote(json) }
  },
  preludes,
)

export const remove = script<
  [notes: string, order: string, removed: string, versions: string, log: string, nudge: string],
  [jobseeker: string, id: string],
  boolean
>(file('remove'), (reply) => reply === 1, preludes)

/** @returns whether it went. */
export const expire = script<
  [notes: string, order: string, removed: string, versions: string, log: string, nudge: string],
  [jobseeker: string, id: string, before: number],
  boolean
>(file('expire'), (reply) => reply === 1, preludes)

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
