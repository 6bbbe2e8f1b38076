import type { Place, Search } from '../../search/search.ts'
import type { Caller, Handlers } from '../handlers.ts'

const defaultLimit = 20

export const searchHandlers = (search: Pick<Search, 'find'>): Handlers<'chat.search'> => ({
  async 'chat.search'(caller, { query, channel, before, limit = defaultLimit }) {
    const channels =
      channel === undefined ? [...caller.conversations.keys()] : [caller.requireConversation(channel).jobseeker.id]
    const { hits, ...answer } = await search.find({ query, in: placesFor(caller, channels), limit, before })
    return { hits: hits.map(({ snippet, ...hit }) => ({ ...hit, snippet: [...snippet] })), ...answer }
  },
})

/** Notes are found by whoever may read them, and by nobody else. */
const placesFor = (caller: Caller, channels: readonly string[]): Place[] =>
  channels.flatMap((channel): Place[] =>
    caller.keepsNotes(channel)
      ? [
          { space: 'channel', channel },
          { space: 'notes', channel },
        ]
      : [{ space: 'channel', channel }],
  )
