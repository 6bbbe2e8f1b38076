/** Search in the conversations a person takes part in. */
import { method } from './define.ts'
import { ChannelId, list, Offset, object, oneOf, optional, PersonId, type Static, Text, Timestamp } from './schema.ts'
import { Type } from './type.ts'

export const SearchHit = object({
  /** A message of the channel, or a note about its jobseeker, which only advisors see. */
  space: oneOf('channel', 'notes'),
  channel: ChannelId,
  /** Place in the channel, or among the notes. */
  offset: Offset,
  at: Timestamp,
  from: PersonId,
  /** Plain text, to be joined: the part of it that shows why it was found, what was found apart. */
  snippet: list(object({ text: Text(200), match: Type.Boolean() }), 200),
})
export type SearchHit = Static<typeof SearchHit>

/** Opaque, and good for as long as a person turns pages. */
const SearchCursor = Type.String({
  pattern: '^[0-9a-z]{1,11}\\.[0-9a-z]{1,11}$',
  maxLength: 23,
  description: '`next` of the page before',
})

export const searchMethods = {
  'chat.search': method({
    summary:
      'Messages in which every word of the query is found, newest first, whatever their case and accents: in one channel, or in all this person takes part in at the moment; for an advisor also the notes kept there. The last word may go on; what is in quotation marks is found as it is. `complete` is false while the index is catching up or if time ran out: then something may be missing.',
    roles: ['jobseeker', 'advisor'],
    params: object({
      query: Text(200),
      channel: optional(ChannelId),
      before: optional(SearchCursor),
      limit: optional(Type.Integer({ minimum: 1, maximum: 50 })),
    }),
    result: object({
      hits: list(SearchHit, 50),
      complete: Type.Boolean(),
      /** Given as `before`, the next page; absent on the last one. */
      next: optional(SearchCursor),
    }),
    cost: 20,
    // The query is words of a conversation, and not kept.
    audit: {
      record: 'acts',
      subject: { kind: 'channel', path: 'params.channel' },
      details: ['params.limit', 'result.complete'],
    },
  }),
}
