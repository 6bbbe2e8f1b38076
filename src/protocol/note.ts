/** What advisors note about a jobseeker, for themselves and whoever follows or covers after them. The jobseeker never sees it. */
import { event, method } from './define.ts'
import { list, NoteId, object, optional, PersonId, type Static, Text, Timestamp } from './schema.ts'
import { Type } from './type.ts'

const NoteText = Text(4_000)

export const Note = object({
  id: NoteId,
  jobseeker: PersonId,
  text: NoteText,
  by: PersonId,
  /** No two notes about one jobseeker have the same. */
  at: Timestamp,
  /** When and by whom the text was last changed; absent while it is as it was first written. */
  editedAt: optional(Timestamp),
  editedBy: optional(PersonId),
})
export type Note = Static<typeof Note>

/** A text that a note once had. */
export const NoteVersion = object({
  n: Type.Integer({ minimum: 1, description: '1 is the text as it was first written' }),
  text: NoteText,
  by: PersonId,
  at: Timestamp,
})
export type NoteVersion = Static<typeof NoteVersion>

const roles = ['advisor'] as const
const theNote = { jobseeker: PersonId, id: NoteId }
const limit = optional(Type.Integer({ minimum: 1, maximum: 100 }))
const ofOne = { kind: 'note', path: 'params.id' } as const

export const noteMethods = {
  'note.list': method({
    summary: 'Notes about a jobseeker, newest first: the newest `limit`, or those made before a moment.',
    roles,
    params: object({ jobseeker: PersonId, before: optional(Timestamp), limit }),
    result: object({ notes: list(Note, 100), /** Whether older ones exist. */ more: Type.Boolean() }),
    cost: 2,
    audit: {
      record: 'acts',
      subject: { kind: 'person', path: 'params.jobseeker' },
      details: ['params.before', 'params.limit'],
    },
  }),
  'note.add': method({
    summary:
      'Makes a note. A repeat with the same id makes no second one and returns the note as it stands; GONE if it was removed meanwhile.',
    roles,
    params: object({ ...theNote, text: NoteText }),
    result: object({ note: Note }),
    errors: ['GONE'],
    audit: { record: 'acts', subject: ofOne, details: ['params.jobseeker'] },
  }),
  'note.edit': method({
    summary:
      'Gives a note another text. `editedAt` is that of the note as it was read, absent if it had none: if the note has changed since, CONFLICT has the newest in `details.note`. One that was edited 200 times stays as it is: CONFLICT with `details.rule` "edits". A note that has this text already stays as it is, so repeating is harmless.',
    roles,
    params: object({ ...theNote, text: NoteText, editedAt: optional(Timestamp) }),
    result: object({ note: Note }),
    errors: ['NOT_FOUND', 'CONFLICT'],
    audit: { record: 'acts', subject: ofOne, details: ['params.jobseeker'] },
  }),
  'note.remove': method({
    summary: 'Removes a note with all its versions. Repeating is harmless.',
    roles,
    params: object(theNote),
    result: object({}),
    audit: { record: 'acts', subject: ofOne, details: ['params.jobseeker'] },
  }),
  'note.versions': method({
    summary: 'The texts a note had before, newest first: the newest `limit`, or those before a version.',
    roles,
    params: object({ ...theNote, before: optional(Type.Integer({ minimum: 1 })), limit }),
    result: object({ versions: list(NoteVersion, 100), /** Whether older ones exist. */ more: Type.Boolean() }),
    errors: ['NOT_FOUND'],
    cost: 2,
    audit: { record: 'acts', subject: ofOne, details: ['params.jobseeker', 'params.before', 'params.limit'] },
  }),
}

export const noteEvents = {
  'note.changed': event({
    summary:
      'A note was made or changed; this is how it stands. Told to the advisor and who covers, never to the jobseeker.',
    data: object({ jobseeker: PersonId, note: Note }),
  }),
  'note.removed': event({
    summary: 'A note was removed. Told to the advisor and who covers, never to the jobseeker.',
    data: object({ jobseeker: PersonId, id: NoteId }),
  }),
}
