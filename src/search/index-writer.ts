/** Everything that changes the index, in its own thread: see thread.ts. */
import type { DatabaseSync, SQLTagStore } from 'node:sqlite'
import type { Position } from '../protocol/index.ts'
import { copyIndex, openForWriting, takeCopy } from './index-file.ts'
import { documentId, markOf, mostOffsets, type Place } from './place.ts'
import type { SourceMessage } from './source.ts'
import { wordsOf } from './words.ts'

/** A part of one conversation, to be found from now on. */
export interface Batch {
  readonly place: Place
  /** Where the index must stand for the part to be the next one; undefined: it has nothing of the conversation. */
  readonly from: Position | undefined
  readonly to: Position
  readonly messages: readonly SourceMessage[]
  /** What lies before this offset is gone. */
  readonly oldest?: number | undefined
}

export interface Written {
  /** For each batch: false when the index stands elsewhere than it says, and it was left out. */
  readonly taken: readonly boolean[]
  /** Whether text was erased, of which there may be copies. */
  readonly erased: boolean
}

/** Documents that are deleted in one transaction: a quarter of a second or so. */
const deletedAtOnce = 500

interface Opened {
  readonly database: DatabaseSync
  /** Statements, prepared once each. */
  readonly sql: SQLTagStore
}

interface Conversation {
  readonly number: number
  readonly epoch: string
  readonly position: number
  readonly newest: number
}

interface Document {
  readonly at: number
  readonly rank: number
  readonly sender: string
  readonly text: string
}

export class IndexWriter {
  readonly #file: string
  #opened: Opened | undefined

  constructor(file: string) {
    this.#file = file
  }

  /** All or nothing. */
  write(batches: readonly Batch[]): Written {
    const before = this.isErasurePending()
    const taken = this.#atomically(() => batches.map((batch) => this.#apply(batch)))
    return { taken, erased: !before && this.isErasurePending() }
  }

  /** Idempotent; an interrupted one goes on where it was. */
  forget(places: readonly Place[]): void {
    for (const place of places) this.#forget(place)
  }

  /** Whether there may be copies of erased text, from now or before. */
  isErasurePending(): boolean {
    return this.#index.sql.get`SELECT pending FROM erasures`?.pending === 1
  }

  /** The first half of taking the last traces of erased text away. */
  copy(): void {
    copyIndex(this.#index.database, this.#file)
  }

  /** The second half: nobody else may have the index open. */
  swap(): void {
    this.close()
    takeCopy(this.#file)
    this.#index.sql.run`UPDATE erasures SET pending = 0`
  }

  close(): void {
    this.#opened?.database.close()
    this.#opened = undefined
  }

  /** Opened when it is first needed, so that a thread that replaces a dead one needs nobody to tell it. */
  get #index(): Opened {
    if (this.#opened !== undefined) return this.#opened
    const database = openForWriting(this.#file)
    this.#opened = { database, sql: database.createTagStore() }
    return this.#opened
  }

  /** @returns whether it fits to where the index stands. */
  #apply({ place, messages, from, to, oldest = 1 }: Batch): boolean {
    const known = this.#conversation(place)
    const fits =
      from === undefined ? known === undefined : known?.epoch === from.epoch && known.position === from.offset
    if (!fits) return false
    const number = known?.number ?? this.#begin(place)
    if (oldest > 1 && known !== undefined) while (this.#deleteSome(number, oldest) === deletedAtOnce);
    let newest = known?.newest ?? 0
    for (const message of messages) {
      // Beyond what can be numbered nothing is found; the conversation itself is whole.
      if (message.offset < 1 || message.offset >= mostOffsets) continue
      newest = Math.max(newest, this.#put(number, message))
    }
    this.#index.sql.run`
      UPDATE conversations SET epoch = ${to.epoch}, position = ${to.offset}, newest = ${newest} WHERE number = ${number}`
    return true
  }

  #conversation({ space, channel }: Place): Conversation | undefined {
    const row = this.#index.sql.get`
      SELECT number, epoch, position, newest FROM conversations WHERE space = ${space} AND channel = ${channel}`
    return row as Conversation | undefined
  }

  #begin({ space, channel }: Place): number {
    const begun = this.#index.sql.run`INSERT INTO conversations VALUES (NULL, ${space}, ${channel}, '', 0, 0)`
    return Number(begun.lastInsertRowid)
  }

  /** @returns when it counts as written; 0 when there is nothing to find. */
  #put(conversation: number, { offset, at, from, text: given }: SourceMessage): number {
    const { sql } = this.#index
    const id = documentId(conversation, offset)
    const text = given.toWellFormed()
    const known = sql.get`SELECT at, at + late AS rank, sender, text FROM documents WHERE id = ${id}` as
      | Document
      | undefined
    if (known !== undefined && known.text === text && known.sender === from && known.at === at) return known.rank
    if (known !== undefined) this.#remove(conversation, id, known.text)
    if (text === '') return 0
    const rank = this.#rank(conversation, id, at)
    sql.run`INSERT INTO documents VALUES (${id}, ${at}, ${rank - at}, ${from}, ${text})`
    const words = indexed(conversation, text)
    if (words !== '') sql.run`INSERT INTO words(rowid, text) VALUES (${id}, ${words})`
    return rank
  }

  /** When a document counts as written: within a conversation a later one is never before an earlier one. */
  #rank(conversation: number, id: number, at: number): number {
    const { sql } = this.#index
    const end = documentId(conversation + 1, 0)
    const earlier = sql.get`
      SELECT at + late AS rank FROM documents WHERE id > ${documentId(conversation, 0)} AND id < ${id}
      ORDER BY id DESC LIMIT 1`
    const rank = Math.max(at, Number(earlier?.rank ?? 0))
    const after = (start: number) => sql.get`
      SELECT id, at + late AS rank FROM documents WHERE id > ${start} AND id < ${end} ORDER BY id LIMIT 1`
    for (let next = after(id); next !== undefined && Number(next.rank) < rank; next = after(Number(next.id))) {
      sql.run`UPDATE documents SET late = ${rank} - at WHERE id = ${Number(next.id)}`
    }
    return rank
  }

  #remove(conversation: number, id: number, text: string): void {
    const { sql } = this.#index
    const words = indexed(conversation, text)
    if (words !== '') sql.run`INSERT INTO words(words, rowid, text) VALUES ('delete', ${id}, ${words})`
    sql.run`DELETE FROM documents WHERE id = ${id}`
    sql.run`UPDATE erasures SET pending = 1`
  }

  #forget(place: Place): void {
    const { sql } = this.#index
    const conversation = this.#conversation(place)
    if (conversation === undefined) return
    const { number } = conversation
    // From now on it is not caught up, however far this comes.
    sql.run`UPDATE conversations SET epoch = '', position = 0 WHERE number = ${number}`
    while (this.#atomically(() => this.#deleteSome(number)) === deletedAtOnce);
    sql.run`DELETE FROM conversations WHERE number = ${number}`
  }

  /** @param before documents of this offset and later stay; default: none does. */
  #deleteSome(number: number, before?: number): number {
    const end = before === undefined ? documentId(number + 1, 0) : documentId(number, Math.min(before, mostOffsets - 1))
    const some = this.#index.sql.all`
      SELECT id, text FROM documents WHERE id > ${documentId(number, 0)} AND id < ${end}
      ORDER BY id LIMIT ${deletedAtOnce}`
    for (const { id, text } of some) this.#remove(number, Number(id), String(text))
    return some.length
  }

  #atomically<T>(work: () => T): T {
    const { database } = this.#index
    database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      database.exec('COMMIT')
      return result
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }
}

/** The words of a text as the index has them: each says whose it is. */
const indexed = (conversation: number, text: string): string => {
  const mark = markOf(conversation)
  return wordsOf(text)
    .map(({ folded }) => mark + folded)
    .join(' ')
}
