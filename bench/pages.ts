/** Pure: is a page of a history exactly that part of the channel that was asked for? */

/** What chat.history is asked for: the newest messages, or those before or after an offset. */
export interface Cursor {
  readonly before?: number
  readonly after?: number
  readonly limit: number
}

export interface Page {
  readonly messages: readonly { readonly offset: number; readonly text: string }[]
  readonly position: { readonly offset: number }
  readonly more: boolean
}

/** What is known of a channel whose messages are numbered by their sender. */
export interface Known {
  readonly length: number
  readonly textOf: (offset: number) => string
}

/** Offsets of the first and last message of the page; the last is below the first when there is none. */
export function expected({ before, after, limit }: Cursor, length: number): { first: number; last: number } {
  if (after !== undefined) return { first: after + 1, last: Math.min(length, after + limit) }
  const last = Math.min(length, (before ?? length + 1) - 1)
  return { first: Math.max(1, last - limit + 1), last }
}

/** At most one sentence: a page that is wrong in one place is wrong in many. */
export function pageFaults({ messages, position, more }: Page, asked: Cursor, { length, textOf }: Known): string[] {
  const { first, last } = expected(asked, length)
  const page = `the page ${JSON.stringify(asked)} of ${length} messages`
  const stranger = messages.findIndex(({ offset, text }, n) => offset !== first + n || text !== textOf(offset))
  if (stranger >= 0) return [`${page} has ${messages[stranger]?.offset} at place ${stranger + 1}, after ${first - 1}`]
  if (messages.length !== Math.max(0, last - first + 1)) return [`${page} has ${messages.length} messages`]
  if (position.offset !== length) return [`${page} says that there are ${position.offset}`]
  const beyond = asked.after === undefined ? first > 1 : last < length
  return more === beyond ? [] : [`${page} says that there is ${more ? '' : 'no '}more`]
}
