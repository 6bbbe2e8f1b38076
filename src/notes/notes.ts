/**
 * What advisors note about jobseekers, for themselves and whoever follows or covers after them. Notes belong to the
 * jobseeker, not to an advisor, so they stay when the advisor changes. Who may see them is decided before anybody comes here.
 */
import { type Note, type NoteVersion, type Position, VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import { fenceKey } from '../store/fence.ts'
import type { RedisClient } from '../store/redis.ts'
import { notedKeys, noteKeys, tagOf } from './keys.ts'
import * as scripts from './scripts.ts'

export { noteTags } from './keys.ts'

/** The text of the fact `notes.changed` in the log of a shard, as JSON: a note was made, changed or removed. */
export interface NoteFact {
  readonly jobseeker: string
  readonly id: string
}

/** The text of the fact `notes.forgotten`: all that there was about a jobseeker is gone. */
export type NotesForgotten = Pick<NoteFact, 'jobseeker'>

export interface NotesOptions {
  readonly client: RedisClient
  /** ms. Default: the clock of this node. */
  readonly now?: () => number
}

export interface NotesPage {
  /** Those made before this moment (ms), newest of them. */
  readonly before?: number
  readonly limit?: number
}

export interface NoteDraft {
  readonly id: string
  readonly text: string
  readonly by: string
}

/** Everything that is kept of a note. */
export interface NoteRecord {
  readonly note: Note
  /** Its earlier texts, oldest first. */
  readonly versions: readonly NoteVersion[]
}

export interface NoteChanges {
  /** In the order of their changes. */
  readonly changed: readonly scripts.ChangedNote[]
  /** Up to where this is the whole. */
  readonly position: Position
  readonly more: boolean
}

const defaultPage = 50
const exportPage = 100
const scanCount = 500
/** A note is a page, not a diary: each earlier text is kept. */
const mostEdits = 200

/** Expected failures are VisavisErrors; with Redis away, every method throws UNAVAILABLE and may be repeated. */
export class Notes {
  readonly #client: RedisClient
  readonly #now: () => number

  constructor({ client, now = Date.now }: NotesOptions) {
    this.#client = client
    this.#now = now
  }

  /** Newest first. Its cost does not depend on how many there are. */
  async list(
    jobseeker: string,
    { before, limit = defaultPage }: NotesPage = {},
  ): Promise<{ notes: Note[]; more: boolean }> {
    const { notes, order } = noteKeys(jobseeker)
    // One note more than asked for tells whether there is more.
    const start = before === undefined ? '+inf' : `(${before}`
    const found = await scripts.list(this.#client, [notes, order], [start, limit + 1])
    return { notes: found.slice(0, limit), more: found.length > limit }
  }

  /** How a note stands; undefined when it was removed or never made. */
  async note(jobseeker: string, id: string): Promise<Note | undefined> {
    const json = await outageAware(this.#client.hget(noteKeys(jobseeker).notes, id))
    return json === null ? undefined : scripts.decodeNote(json)
  }

  /**
   * Makes a note, once per id.
   * @returns the note as it stands, which somebody may have edited before a repeat came.
   * @throws VisavisError GONE when a note of this id was removed, or the jobseeker was erased.
   */
  async add(jobseeker: string, { id, text, by }: NoteDraft): Promise<Note> {
    const { notes, order, numbers, noted, changes, stand, log, nudge } = noteKeys(jobseeker)
    const added = await scripts.add(
      this.#client,
      [notes, order, numbers, noted, changes, stand, log, nudge, fenceKey(tagOf(jobseeker))],
      [jobseeker, id, text.toWellFormed(), by, this.#now()],
    )
    if (added.is === 'ok') return added.note
    throw new VisavisError('GONE', added.is === 'removed' ? `note ${id} was removed` : 'the jobseeker was erased')
  }

  /**
   * Gives a note another text and keeps the one before. One that has this text already stays as it is.
   * @param editedAt of the note as it was read; undefined if it had none.
   * @throws VisavisError NOT_FOUND; CONFLICT with the newest in its details when it has changed since it was read, and
   * with the rule `edits` when it was edited too often.
   */
  async edit(
    jobseeker: string,
    { id, text, by, editedAt }: NoteDraft & { readonly editedAt?: number | undefined },
  ): Promise<Note> {
    const { notes, versions, changes, stand, log, nudge } = noteKeys(jobseeker)
    const edited = await scripts.edit(
      this.#client,
      [notes, versions, changes, stand, log, nudge],
      [jobseeker, id, text.toWellFormed(), by, this.#now(), editedAt ?? '', mostEdits],
    )
    if (edited.is === 'missing') throw missing(id)
    if (edited.is === 'ok') return edited.note
    if (edited.is === 'often') {
      throw new VisavisError('CONFLICT', `note ${id} was edited ${mostEdits} times`, {
        details: { note: edited.note, rule: 'edits', most: mostEdits },
      })
    }
    throw new VisavisError('CONFLICT', `note ${id} has changed since it was read`, { details: { note: edited.note } })
  }

  /** Removes a note with every text it had. One that is not there is as it should be. */
  async remove(jobseeker: string, id: string): Promise<void> {
    await scripts.remove(this.#client, this.#dropping(jobseeker), [jobseeker, id])
  }

  /**
   * The texts a note had before, newest first.
   * @param before those before this version, newest of them.
   * @throws VisavisError NOT_FOUND.
   */
  async versions(
    jobseeker: string,
    id: string,
    { before = 0, limit = defaultPage }: NotesPage = {},
  ): Promise<{ versions: NoteVersion[]; more: boolean }> {
    const { notes, versions } = noteKeys(jobseeker)
    const found = await scripts.versions(this.#client, [notes, versions], [id, before, limit])
    if (found === undefined) throw missing(id)
    return { versions: found, more: (found.at(-1)?.n ?? 1) > 1 }
  }

  /** Removes the notes that nobody has touched since a moment (ms). @returns how many went. */
  async expire(jobseeker: string, before: number): Promise<number> {
    const { order } = noteKeys(jobseeker)
    let expired = 0
    for (let start = '-inf'; ; ) {
      const ids = await outageAware(
        this.#client.zrangebyscore(order, start, `(${before}`, 'WITHSCORES', 'LIMIT', 0, exportPage),
      )
      for (let n = 0; n < ids.length; n += 2) {
        if (await scripts.expire(this.#client, this.#dropping(jobseeker), [jobseeker, ids[n] ?? '', before]))
          expired += 1
      }
      if (ids.length < 2 * exportPage) return expired
      start = `(${ids.at(-1)}`
    }
  }

  /** How many there are about a jobseeker. */
  async count(jobseeker: string): Promise<number> {
    return outageAware(this.#client.zcard(noteKeys(jobseeker).order))
  }

  /** Removes everything there is about a jobseeker, for good. Repeating is harmless. @returns how many notes went. */
  async forget(jobseeker: string): Promise<number> {
    const { notes, order, versions, numbers, changes, stand, noted, log, nudge } = noteKeys(jobseeker)
    return scripts.forget(
      this.#client,
      [order, noted, log, nudge, notes, versions, numbers, changes, stand],
      [jobseeker],
    )
  }

  /** Everybody about whom a note was made, shard by shard. */
  async *everybody(): AsyncGenerator<string, void, undefined> {
    for (const noted of notedKeys) {
      for (let start = '-'; ; ) {
        const some = await outageAware(this.#client.zrangebylex(noted, start, '+', 'LIMIT', 0, scanCount))
        yield* some
        if (some.length < scanCount) break
        start = `(${some.at(-1)}`
      }
    }
  }

  /**
   * The notes that have changed after a position, as they now stand; from the beginning, if the position is of another
   * epoch. For those who keep something made of them.
   */
  async changesSince(jobseeker: string, known: Position | undefined, limit: number): Promise<NoteChanges> {
    const { notes, numbers, changes, stand } = noteKeys(jobseeker)
    const { epoch, offset } = known ?? { epoch: '', offset: 0 }
    const { position, changed } = await scripts.since(
      this.#client,
      [notes, numbers, changes, stand],
      [epoch, offset, limit],
    )
    // A note that changed again is told where it did so for the last time: up to there nothing is left out.
    const told = changed.length < limit ? position.offset : (changed.at(-1)?.change ?? position.offset)
    return { changed, position: { ...position, offset: told }, more: told < position.offset }
  }

  /** Everything there is about a jobseeker, newest note first, for an export. What is made meanwhile may be missing. */
  async *all(jobseeker: string): AsyncGenerator<NoteRecord, void, undefined> {
    let page: NotesPage = { limit: exportPage }
    for (let more = true; more; ) {
      const found = await this.list(jobseeker, page)
      for (const note of found.notes) {
        const versions = await this.#everyVersion(note)
        if (versions !== undefined) yield { note, versions }
      }
      const oldest = found.notes.at(-1)
      more = found.more
      if (oldest !== undefined) page = { before: oldest.at, limit: exportPage }
    }
  }

  #dropping(jobseeker: string): [string, string, string, string, string, string, string] {
    const { notes, order, versions, changes, stand, log, nudge } = noteKeys(jobseeker)
    return [notes, order, versions, changes, stand, log, nudge]
  }

  /** Oldest first; undefined when the note was removed meanwhile. */
  async #everyVersion({ id, jobseeker, editedAt }: Note): Promise<NoteVersion[] | undefined> {
    const every: NoteVersion[] = []
    if (editedAt === undefined) return every
    const { notes, versions } = noteKeys(jobseeker)
    for (let before = 0; ; ) {
      const found = await scripts.versions(this.#client, [notes, versions], [id, before, exportPage])
      if (found === undefined) return undefined
      every.push(...found)
      before = found.at(-1)?.n ?? 1
      if (before === 1) return every.reverse()
    }
  }
}

const missing = (id: string): VisavisError => new VisavisError('NOT_FOUND', `there is no note ${id}`)
