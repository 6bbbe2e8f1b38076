import type { Place, Search } from '../../search/search.ts'
import type { Caller, Handlers } from '../handlers.ts'

const defaultLimit = 20

export const searchHandlers = (search: Pick<Search, 'find'>): Handlers<'chat.search'> => ({
  async 'chat.search'(caller, { query, channel, before, limit = defaultLimit }) {
    const channels = channel === undefined ? current(caller) : [caller.requireConversation(channel).jobseeker.id]
    const { hits, ...answer } = await search.find({ query, in: placesFor(caller, channels), limit, before })
    return { hits: hits.map(({ snippet, ...hit }) => ({ ...hit, snippet: [...snippet] })), ...answer }
  },
})

/** A cover that has just ended is in the list until it is read again. */
const current = ({ conversations }: Caller): string[] => {
  const now = Date.now()
  return [...conversations.values()]
    .filter(({ coverUntil = Number.POSITIVE_INFINITY }) => now < coverUntil)
    .map(({ jobseeker }) => jobseeker.id)
}

/** Notes are the advisors' own. */
const placesFor = ({ identity }: Caller, channels: readonly string[]): Place[] =>
  channels.flatMap((channel): Place[] =>
    identity.role === 'advisor'
      ? [
          { space: 'channel', channel },
          { space: 'notes', channel },
        ]
      : [{ space: 'channel', channel }],
  )
