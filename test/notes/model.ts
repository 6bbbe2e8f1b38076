/** Notes about one jobseeker as plain data: what the scripts must do, told once more. */
import type { Note, NoteVersion } from '../../src/protocol/index.ts'

export class Model {
  /** Newest first. */
  notes: readonly Note[] = []
  readonly versions = new Map<string, readonly NoteVersion[]>()
  readonly removed = new Set<string>()
  /** Ids of notes, each time one is made, changed or removed. */
  readonly told: string[] = []

  add(note: Omit<Note, 'at'>, now: number): Note | 'GONE' {
    if (this.removed.has(note.id)) return 'GONE'
    const standing = this.find(note.id)
    if (standing !== undefined) return standing
    const made = { ...note, at: Math.max(now, (this.notes[0]?.at ?? 0) + 1) }
    this.notes = [made, ...this.notes]
    this.versions.set(note.id, [])
    this.told.push(note.id)
    return made
  }

  edit(id: string, text: string, by: string, read: number | undefined, now: number): Note | 'NOT_FOUND' | 'CONFLICT' {
    const note = this.find(id)
    if (note === undefined) return 'NOT_FOUND'
    if (note.text === text) return note
    if (note.editedAt !== read) return 'CONFLICT'
    const at = note.editedAt ?? note.at
    const earlier = this.versions.get(id) ?? []
    this.versions.set(id, [{ n: earlier.length + 1, text: note.text, by: note.editedBy ?? note.by, at }, ...earlier])
    const edited = { ...note, text, editedBy: by, editedAt: Math.max(now, at + 1) }
    this.notes = this.notes.map((other) => (other === note ? edited : other))
    this.told.push(id)
    return edited
  }

  remove(id: string): void {
    if (this.find(id) === undefined) return
    this.notes = this.notes.filter((note) => note.id !== id)
    this.versions.delete(id)
    this.removed.add(id)
    this.told.push(id)
  }

  find(id: string): Note | undefined {
    return this.notes.find((note) => note.id === id)
  }
}
