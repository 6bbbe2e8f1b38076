/** Search in the conversations of this person: page by page, newest first. */
import type { ParamsOf, ResultOf } from '../src/protocol/index.ts'
import type { Connection } from './connection.ts'

export type SearchPage = ResultOf<'chat.search'>
/** `channel`: in this one only; absent: in all. */
export type SearchOptions = Omit<ParamsOf<'chat.search'>, 'query'>

/** Longer queries are refused by the server. */
const longestQuery = 200

export class Search {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** One page; the next one with `before: page.next`. A query without a word finds nothing. */
  async find(query: string, options: SearchOptions = {}): Promise<SearchPage> {
    const asked = query.toWellFormed().slice(0, longestQuery).toWellFormed().trim()
    if (asked === '') return { hits: [], complete: true }
    return this.#connection.call('chat.search', { ...options, query: asked })
  }

  /** All pages, each asked for when it is needed. */
  async *pages(query: string, options: SearchOptions = {}): AsyncGenerator<SearchPage, void> {
    let page = await this.find(query, options)
    yield page
    while (page.next !== undefined) {
      page = await this.find(query, { ...options, before: page.next })
      yield page
    }
  }
}
