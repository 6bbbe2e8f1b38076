/** The messages of channels, and the notes about jobseekers, as search reads them. */
import type { Channels } from './chat/channels.ts'
import type { Notes } from './notes/notes.ts'
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

/** The notes about a jobseeker are the documents 1, 2, 3 … as they were made; a removed one has nothing to find. */
export function noteSource(notes: Notes): Source {
  const standing = async (channel: string) => {
    const { position } = await notes.changesSince(channel, undefined, 0)
    return { channel, position }
  }
  return {
    async *channels() {
      for await (const some of chunks(notes.everybody(), askedAtOnce)) yield* await Promise.all(some.map(standing))
    },
    async changesSince(channel, position, limit) {
      const { changed, ...told } = await notes.changesSince(channel, position, limit)
      const messages = changed.map(({ number, note }) => ({
        offset: number,
        at: note?.at ?? 0,
        from: note?.by ?? '',
        text: note?.text ?? '',
      }))
      return { messages, ...told }
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

/** The channel in which a message is new or changed, if it is that what the entry tells. */
export const changedChannel = ({ topic, name }: Pick<LogEntry, 'topic' | 'name'>): string | undefined =>
  name.startsWith('chat.message') && topic.startsWith('channel:') ? topic.slice('channel:'.length) : undefined
