/** *Pure.* The channels of a person with their newest message and unread count, kept up to date by events. */
import type { ChannelSummary, DataOf } from '../src/protocol/index.ts'

export type Overview = ReadonlyMap<string, ChannelSummary>

export const overviewOf = (channels: readonly ChannelSummary[]): Overview =>
  new Map(channels.map((summary) => [summary.channel, summary]))

/** @returns undefined when the channel is not known: the overview must be asked for again. */
export function withPublished(
  overview: Overview,
  { channel, message }: DataOf<'chat.messagePublished'>,
  { epoch }: { readonly epoch: string },
  self: string,
): Overview | undefined {
  const summary = overview.get(channel)
  if (summary === undefined || (summary.position.epoch !== '' && summary.position.epoch !== epoch)) return undefined
  if (message.offset <= summary.position.offset) return overview
  // Writing in a channel is reading it.
  const readOffset = message.from === self ? message.offset : summary.readOffset
  const newest = { epoch, offset: message.offset }
  return including(overview, {
    ...summary,
    position: newest,
    last: message,
    readOffset,
    unread: message.offset - readOffset,
  })
}

export function withRead(overview: Overview, { channel, person, readOffset }: DataOf<'chat.readMoved'>, self: string) {
  const summary = overview.get(channel)
  if (summary === undefined || person !== self || readOffset <= summary.readOffset) return overview
  return including(overview, { ...summary, readOffset, unread: Math.max(0, summary.position.offset - readOffset) })
}

const including = (overview: Overview, summary: ChannelSummary): Overview =>
  new Map(overview).set(summary.channel, summary)
