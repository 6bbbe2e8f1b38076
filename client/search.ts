/**
 * Search in the conversations of a person: page by page, newest first. For pages that have a search: whoever imports it adds
 * it to what they load, and the core of the client stays as small as it is.
 */
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
    const asked = query.trim().slice(0, longestQuery).toWellFormed()
    return asked ? this.#connection.call('chat.search', { ...options, query: asked }) : { hits: [], complete: true }
  }

  /** All pages, each asked for when it is needed. */
  async *pages(query: string, options?: SearchOptions): AsyncGenerator<SearchPage, void> {
    for (let more = options, page: SearchPage; ; more = { ...options, before: page.next }) {
      page = await this.find(query, more)
      yield page
      if (page.next === undefined) return
    }
  }
}
