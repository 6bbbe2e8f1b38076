/** For advisors: the notes about each jobseeker they follow or cover, on demand. */
import type { Connection } from './connection.ts'
import { NoteBook } from './note-book.ts'

export class Notes {
  readonly #connection: Connection
  readonly #books = new Map<string, NoteBook>()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** The same object for the same jobseeker, until it is closed. */
  of(jobseeker: string): NoteBook {
    const known = this.#books.get(jobseeker)
    if (known !== undefined && !known.closed) return known
    const book = new NoteBook(this.#connection, jobseeker)
    this.#books.set(jobseeker, book)
    return book
  }
}
