/** The notes about one jobseeker, kept up to date by events, and read anew after every interruption. */
import { VisavisError } from '../src/protocol/errors.ts'
import type { Note, NoteVersion, ParamsOf, ResultOf } from '../src/protocol/index.ts'
import type { Connection } from './connection.ts'
import { makeKey } from './key.ts'
import { Listeners } from './listeners.ts'
import { type NoteList, noNotes, shownOf, withNote, withoutNote, withPage } from './note-list.ts'
import { Refresh } from './refresh.ts'
import { insist } from './retry.ts'

const pageSize = 50
/** The most that one answer can hold. */
const largestPage = 100
/** How long a change is tried before the person is asked. */
const tryForMs = 120_000

export class NoteBook {
  readonly jobseeker: string
  readonly #connection: Connection
  readonly #changed = new Listeners<[]>()
  readonly #stop: (() => void)[]
  readonly #refresh: Refresh
  #list: NoteList = noNotes
  /** What is being read anew, together with what became known meanwhile. */
  #next: NoteList | undefined
  #closed = false

  constructor(connection: Connection, jobseeker: string) {
    this.jobseeker = jobseeker
    this.#connection = connection
    this.#refresh = new Refresh(connection, () => this.#read())
    this.#refresh.onSettled(() => this.#changed.emit())
    this.#stop = [
      connection.on('note.changed', ({ note }) => {
        if (note.jobseeker === jobseeker) this.#know(note)
      }),
      connection.on('note.removed', (removed) => {
        if (removed.jobseeker === jobseeker) this.#forget(removed.id)
      }),
      // What they may see is found out by asking.
      connection.on('enrolment.changed', (changed) => {
        if (changed.jobseeker === jobseeker) this.#refresh.now()
      }),
      connection.on('enrolment.coverChanged', () => this.#refresh.now()),
      connection.onStream((stream, answer) => {
        if (stream === `channel:${jobseeker}` && answer === undefined) this.#drop()
      }),
      connection.onState((state, before) => {
        if (state === 'open' && before !== 'connecting') this.#refresh.now()
      }),
    ]
    this.#refresh.now()
  }

  /** Newest first, without gaps. */
  get notes(): readonly Note[] {
    return shownOf(this.#list)
  }

  /** Whether the newest page has been loaded. */
  get loaded(): boolean {
    return this.#list.since < Number.POSITIVE_INFINITY
  }

  /** Whether older notes can be loaded. */
  get more(): boolean {
    return this.loaded && this.#list.since > 0
  }

  /** Why the notes could not be read; undefined when they could. */
  get error(): Error | undefined {
    return this.#refresh.error
  }

  get closed(): boolean {
    return this.#closed
  }

  onChange(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  /** Loads the page before the oldest note. */
  async loadOlder(): Promise<void> {
    const before = this.#list.since
    if (!this.more) return
    const page = await this.#connection.call('note.list', { jobseeker: this.jobseeker, before, limit: pageSize })
    // Read anew meanwhile, or dropped: the page may not join any more.
    if (this.#list.since === before) this.#update(withPage(this.#list, page))
  }

  /**
   * Makes a note, once, however often it has to be sent.
   * @param id whoever tries again after a failure gives the same, or else there may be two.
   * @throws VisavisError when it is refused or two minutes have passed; GONE if a colleague has removed it by now.
   */
  async add(text: string, id: string = makeKey()): Promise<Note> {
    return this.#know((await this.#insist('note.add', { id, text })).note)
  }

  /**
   * @param read the note as the person saw it when they began to change it.
   * @throws VisavisError CONFLICT when it has changed since: `notes` has the newest then; NOT_FOUND when it was removed.
   */
  async edit(read: Note, text: string): Promise<Note> {
    const { id, editedAt } = read
    const edit = { id, text, ...(editedAt === undefined ? {} : { editedAt }) }
    try {
      return this.#know((await this.#insist('note.edit', edit)).note)
    } catch (error) {
      if (error instanceof VisavisError && error.code === 'CONFLICT') this.#know(error.details.note as Note)
      if (error instanceof VisavisError && error.code === 'NOT_FOUND') this.#forget(id)
      throw error
    }
  }

  /** Removes a note with every text it had. */
  async remove(id: string): Promise<void> {
    await this.#insist('note.remove', { id })
    this.#forget(id)
  }

  /** The texts a note had before, newest first; a page of them before the version `before`. */
  versions(id: string, before?: number): Promise<{ versions: NoteVersion[]; more: boolean }> {
    const page = before === undefined ? {} : { before }
    return this.#connection.call('note.versions', { jobseeker: this.jobseeker, id, ...page })
  }

  /** Asks for the notes again. Not needed as a rule: events keep them up to date. */
  refresh(): void {
    this.#refresh.now()
  }

  /** Follows no longer. What is being stored is still stored. */
  close(): void {
    this.#closed = true
    this.#refresh.close()
    for (const stop of this.#stop) stop()
  }

  #insist<M extends 'note.add' | 'note.edit' | 'note.remove'>(
    method: M,
    params: Omit<ParamsOf<M>, 'jobseeker'>,
  ): Promise<ResultOf<M>> {
    const all = { jobseeker: this.jobseeker, ...params } as ParamsOf<M>
    return insist((timeoutMs) => this.#connection.call(method, all, { timeoutMs }), tryForMs)
  }

  /** As far back as was shown. What was removed while nobody told is missing from it. */
  async #read(): Promise<void> {
    const limit = this.loaded ? largestPage : pageSize
    this.#next = { ...noNotes, removed: this.#list.removed }
    try {
      for (let older = {}; ; older = { before: this.#next.since }) {
        const page = await this.#connection.call('note.list', { jobseeker: this.jobseeker, limit, ...older })
        if (this.#next === undefined) return
        this.#next = withPage(this.#next, page)
        if (this.#next.since <= this.#list.since) break
      }
      this.#update(this.#next)
    } catch (error) {
      if (error instanceof VisavisError && error.code === 'FORBIDDEN') this.#drop()
      throw error
    } finally {
      this.#next = undefined
    }
  }

  #know(note: Note): Note {
    if (this.#next !== undefined) this.#next = withNote(this.#next, note)
    this.#update(withNote(this.#list, note))
    return note
  }

  #forget(id: string): void {
    if (this.#next !== undefined) this.#next = withoutNote(this.#next, id)
    this.#update(withoutNote(this.#list, id))
  }

  /** This person may not see them any more. */
  #drop(): void {
    this.#next = undefined
    this.#update(noNotes)
  }

  #update(list: NoteList): void {
    if (this.#closed || list === this.#list) return
    this.#list = list
    this.#changed.emit()
  }
}
