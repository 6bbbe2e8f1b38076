import type { Channels } from '../../chat/channels.ts'
import type { Handlers, MethodsOf } from '../handlers.ts'
import { summaryOf } from '../recovery.ts'

export function chatHandlers(channels: Channels): Handlers<Exclude<MethodsOf<'chat'>, 'chat.search'>> {
  return {
    async 'chat.channels'({ identity: { person }, conversations }) {
      const summaries = await Promise.all(
        [...conversations.values()].map(async (conversation) => {
          const stand = await channels.since(conversation.jobseeker.id, undefined, 0)
          return summaryOf(person, conversation, stand)
        }),
      )
      return { channels: summaries.filter((summary) => summary !== undefined) }
    },
    async 'chat.publish'(caller, { channel, key, text }) {
      caller.requireConversation(channel)
      return channels.publish(channel, { from: caller.identity.person, key, text })
    },
    async 'chat.history'(caller, { channel, ...page }) {
      caller.requireConversation(channel)
      return channels.history(channel, page)
    },
    async 'chat.read'(caller, { channel, offset }) {
      caller.requireConversation(channel)
      return channels.read(channel, caller.identity.person, offset)
    },
  }
}
