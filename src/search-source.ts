/** The messages of channels as search reads them. */
import type { Channels } from './chat/channels.ts'
import type { Source } from './search/search.ts'

const askedAtOnce = 32

/**
 * @param list all channels there may be, those without a message among them; a channel that is left out is forgotten.
 */
export function channelSource(channels: Channels, list: () => AsyncIterable<string>): Source {
  const standing = async (channel: string) => {
    const { position } = await channels.since(channel, undefined, 0)
    return { channel, position }
  }
  return {
    async *channels() {
      for await (const some of chunks(list(), askedAtOnce)) yield* await Promise.all(some.map(standing))
    },
    async changesSince(channel, position, limit) {
      const page = await channels.history(channel, { after: position?.offset ?? 0, limit })
      const { epoch, offset } = page.position
      const last = page.more ? (page.messages.at(-1)?.offset ?? offset) : offset
      return { messages: page.messages, position: { epoch, offset: last }, more: page.more }
    },
  }
}

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
