/** Everything that is read from the index, in its own thread: see thread.ts. */
import type { DatabaseSync, SQLTagStore, StatementSync } from 'node:sqlite'
import type { Position } from '../protocol/index.ts'
import { openForReading } from './index-file.ts'
import {
  conversationOf,
  decodeCursor,
  encodeCursor,
  isBefore,
  markOf,
  offsetOf,
  type Place,
  type Rank,
} from './place.ts'
import { parseQuery, type Term } from './query.ts'
import { type SnippetPart, snippetOf } from './snippet.ts'
import type { Space } from './source.ts'

export interface Question {
  readonly query: string
  /** Where to look, and nowhere else. */
  readonly in: readonly Place[]
  readonly limit: number
  /** `next` of the page before. */
  readonly before?: string | undefined
}

export interface Hit extends Place {
  readonly offset: number
  readonly at: number
  readonly from: string
  readonly snippet: readonly SnippetPart[]
}

export interface Found {
  /** Newest first. */
  readonly hits: readonly Hit[]
  readonly next?: string
  /** Whether time allowed to look everywhere. */
  readonly whole: boolean
}

/** How the index stands to a conversation as its source has it. */
export interface Standing {
  /** Undefined: the index has nothing of it. */
  readonly number: number | undefined
  readonly behind: boolean
}

interface Conversation extends Place {
  readonly number: number
  readonly newest: number
}

interface Opened {
  readonly database: DatabaseSync
  /** Statements, prepared once each. */
  readonly sql: SQLTagStore
  readonly match: Match
}

export class IndexReader {
  readonly #file: string
  #opened: Opened | undefined

  constructor(file: string) {
    this.#file = file
  }

  close(): void {
    this.#opened?.database.close()
    this.#opened = undefined
  }

  /**
   * Its cost follows the matches in the conversations asked for, whatever else is in the index: each is a lookup of its
   * own, beginning with the one that was written to last, until no other can have a newer match.
   * @param until when to stop looking (ms since the epoch)
   */
  find({ query, in: places, limit, before, until }: Question & { readonly until: number }): Found {
    const terms = parseQuery(query)
    if (terms.length === 0) return { hits: [], whole: true }
    return this.#atOneMoment(() => {
      const conversations = this.#conversations(places)
      // One more than asked for tells whether there is a next page.
      const { ranks, whole } = this.#newest(conversations, terms, { most: limit + 1, before, until })
      const page = ranks.slice(0, limit)
      const last = page.at(-1)
      return {
        hits: page.map(({ id }) => this.#hit(conversations, id, terms)),
        whole,
        ...(ranks.length > limit && last !== undefined ? { next: encodeCursor(last) } : {}),
      }
    })
  }

  /** Where the index stands in each; undefined: it has nothing of it. */
  positions(places: readonly Place[]): (Position | undefined)[] {
    return places.map(({ space, channel }) => {
      const row = this.#index.sql.get`
        SELECT epoch, position AS offset FROM conversations WHERE space = ${space} AND channel = ${channel}`
      return row === undefined ? undefined : { epoch: String(row.epoch), offset: Number(row.offset) }
    })
  }

  compare(positions: readonly { readonly place: Place; readonly position: Position }[]): Standing[] {
    return positions.map(({ place: { space, channel }, position }) => {
      const row = this.#index.sql.get`
        SELECT number, epoch, position FROM conversations WHERE space = ${space} AND channel = ${channel}`
      if (row === undefined) return { number: undefined, behind: position.offset > 0 }
      // Without an epoch it was being forgotten.
      const behind = row.epoch === '' || row.epoch !== position.epoch || row.position !== position.offset
      return { number: Number(row.number), behind }
    })
  }

  lastConversation(): number {
    return Number(this.#index.sql.get`SELECT max(number) AS number FROM conversations`?.number ?? 0)
  }

  /** The conversations of a space in the order of their numbers, from after one of them. */
  list({ space, after, limit }: { readonly space: Space; readonly after: number; readonly limit: number }): {
    readonly number: number
    readonly channel: string
  }[] {
    const rows = this.#index.sql.all`
      SELECT number, channel FROM conversations WHERE number > ${after} AND space = ${space} ORDER BY number LIMIT ${limit}`
    return rows.map(({ number, channel }) => ({ number: Number(number), channel: String(channel) }))
  }

  /** Opened when it is first needed: see index-writer.ts. */
  get #index(): Opened {
    if (this.#opened !== undefined) return this.#opened
    const database = openForReading(this.#file)
    this.#opened = { database, sql: database.createTagStore(), match: createMatch(database) }
    return this.#opened
  }

  #atOneMoment<T>(read: () => T): T {
    const { database } = this.#index
    database.exec('BEGIN')
    try {
      return read()
    } finally {
      database.exec('COMMIT')
    }
  }

  /** By number; those written to last come first. */
  #conversations(places: readonly Place[]): ReadonlyMap<number, Conversation> {
    const { sql } = this.#index
    const known = places.flatMap(({ space, channel }) => {
      const row = sql.get`SELECT number, newest FROM conversations WHERE space = ${space} AND channel = ${channel}`
      return row === undefined ? [] : [{ space, channel, number: Number(row.number), newest: Number(row.newest) }]
    })
    return new Map(known.sort((a, b) => b.newest - a.newest).map((conversation) => [conversation.number, conversation]))
  }

  #newest(
    conversations: ReadonlyMap<number, Conversation>,
    terms: readonly Term[],
    { most, before, until }: { most: number; before: string | undefined; until: number },
  ): { ranks: readonly Rank[]; whole: boolean } {
    const after = before === undefined ? undefined : decodeCursor(before)
    const found = new Newest(most)
    for (const { number, newest } of conversations.values()) {
      if (!found.wouldTake({ at: newest, id: Number.MAX_SAFE_INTEGER })) break
      if (Date.now() >= until) return { ranks: found.ranks, whole: false }
      for (const rank of this.#matches(number, terms, most, after)) if (!found.take(rank)) break
    }
    return { ranks: found.ranks, whole: true }
  }

  /** Newest first; at least as many as can be of use. */
  *#matches(conversation: number, terms: readonly Term[], most: number, after: Rank | undefined): Iterable<Rank> {
    // Where the next page begins is known by rank only, so that all matches are needed to find it among them.
    const ids = this.#index.match(expressionOf(terms, conversation), after === undefined ? most : -1)
    const first = after === undefined ? 0 : firstWhere(ids, (id) => isBefore(this.#rank(id), after))
    for (const id of ids.slice(first, first + most)) yield this.#rank(id)
  }

  #rank(id: number): Rank {
    const row = this.#index.sql.get`SELECT at + late AS at FROM documents WHERE id = ${id}`
    return { at: Number(row?.at ?? 0), id }
  }

  #hit(conversations: ReadonlyMap<number, Conversation>, id: number, terms: readonly Term[]): Hit {
    const row = this.#index.sql.get`SELECT at, sender, text FROM documents WHERE id = ${id}`
    const conversation = conversations.get(conversationOf(id))
    if (row === undefined || conversation === undefined) throw new Error('the index has words of a document it has not')
    const { space, channel } = conversation
    const snippet = snippetOf(String(row.text), terms)
    return { space, channel, offset: offsetOf(id), at: Number(row.at), from: String(row.sender), snippet }
  }
}

type Match = (expression: string, most: number) => number[]

function createMatch(database: DatabaseSync): Match {
  const statement: StatementSync = database.prepare(
    'SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?',
    { returnArrays: true },
  )
  return (expression, most) => statement.all(expression, most).map((row) => Number((row as unknown as [number])[0]))
}

/** In the query language of FTS5. Only words are in it, so that nothing that was typed is taken for syntax. */
export const expressionOf = (terms: readonly Term[], conversation: number): string => {
  const mark = markOf(conversation)
  return terms
    .map(({ words, prefix }) => `"${words.map((word) => mark + word).join(' ')}"${prefix ? ' *' : ''}`)
    .join(' AND ')
}

/** The first one from which on `is` holds. */
function firstWhere(ids: readonly number[], is: (id: number) => boolean): number {
  let [low, high] = [0, ids.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (is(ids[middle] ?? 0)) high = middle
    else low = middle + 1
  }
  return low
}

/** The newest few of many. */
class Newest {
  readonly ranks: Rank[] = []
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  wouldTake(rank: Rank): boolean {
    const last = this.ranks[this.#most - 1]
    return last === undefined || isBefore(last, rank)
  }

  /** @returns whether it is among them. */
  take(rank: Rank): boolean {
    if (!this.wouldTake(rank)) return false
    const place = this.ranks.findIndex((other) => isBefore(other, rank))
    this.ranks.splice(place < 0 ? this.ranks.length : place, 0, rank)
    this.ranks.length = Math.min(this.ranks.length, this.#most)
    return true
  }
}
