/** The messages of channels as search reads them. */
import type { Channels } from './chat/channels.ts'
import type { Source } from './search/search.ts'

/**
 * @param list all channels there may be, those without a message among them; a channel that is left out is forgotten.
 */
export const channelSource = (channels: Channels, list: () => AsyncIterable<string>): Source => ({
  async *channels() {
    for await (const channel of list()) {
      const { position } = await channels.since(channel, undefined, 0)
      yield { channel, position }
    }
  },
  async changesSince(channel, position, limit) {
    const {
      messages,
      position: newest,
      more,
    } = await channels.history(channel, {
      after: position?.offset ?? 0,
      limit,
    })
    const offset = more ? (messages.at(-1)?.offset ?? newest.offset) : newest.offset
    return { messages, position: { epoch: newest.epoch, offset }, more }
  },
})
