/** The messages of channels as search reads them. */
import type { Channels } from './chat/channels.ts'
import type { Source } from './search/search.ts'

const askedAtOnce = 32

/**
 * @param list all channels there may be, those without a message among them; a channel that is left out is forgotten.
 */
export const channelSource = (channels: Channels, list: () => AsyncIterable<string>): Source => ({
  async *channels() {
    for await (const some of chunks(list(), askedAtOnce)) {
      yield* await Promise.all(
        some.map(async (channel) => ({ channel, position: (await channels.since(channel, undefined, 0)).position })),
      )
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

async function* chunks<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let chunk: T[] = []
  for await (const item of items) {
    chunk.push(item)
    if (chunk.length < size) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
