/** The messages of channels as search reads them. */
import type { Channels } from './chat/channels.ts'
import type { Source } from './search/search.ts'
import type { LogEntry } from './store/events.ts'

const askedAtOnce = 32

export function channelSource(channels: Channels): Source {
  const standing = async (channel: string) => {
    const { position } = await channels.since(channel, channel, undefined, 0)
    return { channel, position }
  }
  return {
    async *channels() {
      for await (const some of chunks(channels.all(), askedAtOnce)) yield* await Promise.all(some.map(standing))
    },
    changesSince: (channel, position, limit) => channels.changesSince(channel, position, limit),
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

/** The channel in which a message is new or changed, if it is that what the entry tells. */
export const changedChannel = ({ topic, name }: Pick<LogEntry, 'topic' | 'name'>): string | undefined =>
  name.startsWith('chat.message') && topic.startsWith('channel:') ? topic.slice('channel:'.length) : undefined
