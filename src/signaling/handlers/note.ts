import type { Notes } from '../../notes/notes.ts'
import type { Handlers, MethodsOf } from '../handlers.ts'

export function noteHandlers(notes: Notes): Handlers<MethodsOf<'note'>> {
  return {
    async 'note.list'(caller, { jobseeker, ...page }) {
      caller.requireNotes(jobseeker)
      return notes.list(jobseeker, page)
    },
    async 'note.add'(caller, { jobseeker, id, text }) {
      caller.requireNotes(jobseeker)
      return { note: await notes.add(jobseeker, { id, text, by: caller.identity.person }) }
    },
    async 'note.edit'(caller, { jobseeker, id, text, editedAt }) {
      caller.requireNotes(jobseeker)
      return { note: await notes.edit(jobseeker, { id, text, by: caller.identity.person, editedAt }) }
    },
    async 'note.remove'(caller, { jobseeker, id }) {
      caller.requireNotes(jobseeker)
      await notes.remove(jobseeker, id)
      return {}
    },
    async 'note.versions'(caller, { jobseeker, id, ...page }) {
      caller.requireNotes(jobseeker)
      return notes.versions(jobseeker, id, page)
    },
  }
}
