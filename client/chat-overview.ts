/** *Pure.* The channels of a person with their newest message, unread count and read markers, kept up to date by events. */
import type { ChannelSummary, DataOf } from '../src/protocol/index.ts'

export type Overview = ReadonlyMap<string, ChannelSummary>

/** The whole list as the server tells it. Live events may have overtaken it: what is newer here stays. */
export const overviewOf = (channels: readonly ChannelSummary[], known: Overview): Overview =>
  new Map(channels.map((summary) => [summary.channel, newerOf(summary, known.get(summary.channel))]))

/** What is known of one channel is void. */
export const withSummary = (overview: Overview, summary: ChannelSummary): Overview =>
  new Map(overview).set(summary.channel, summary)

export function withoutChannel(overview: Overview, channel: string): Overview {
  if (!overview.has(channel)) return overview
  const others = new Map(overview)
  others.delete(channel)
  return others
}

export function withPublished(
  overview: Overview,
  { channel, message }: DataOf<'chat.messagePublished'>,
  { epoch }: { readonly epoch: string },
  self: string,
): Overview {
  const summary = overview.get(channel)
  if (summary === undefined || (summary.position.epoch === epoch && message.offset <= summary.position.offset))
    return overview
  // Writing in a channel is reading it.
  const readOffset = message.from === self ? message.offset : summary.readOffset
  return withSummary(overview, {
    ...summary,
    position: { epoch, offset: message.offset },
    last: message,
    readOffset,
    unread: message.offset - readOffset,
    readBy: withMarker(summary.readBy, message.from, message.offset),
  })
}

export function withRead(
  overview: Overview,
  { channel, person, readOffset }: DataOf<'chat.readMoved'>,
  self: string,
): Overview {
  const summary = overview.get(channel)
  if (summary === undefined) return overview
  const readBy = withMarker(summary.readBy, person, readOffset)
  const read = person === self && readOffset > summary.readOffset
  if (readBy === summary.readBy && !read) return overview
  const own = read ? { readOffset, unread: Math.max(0, summary.position.offset - readOffset) } : {}
  return withSummary(overview, { ...summary, ...own, readBy })
}

function newerOf(summary: ChannelSummary, known: ChannelSummary | undefined): ChannelSummary {
  if (known?.position.epoch !== summary.position.epoch || known.position.offset <= summary.position.offset)
    return summary
  // Of the list only who they are: that is not told by the channel's own events.
  return { ...known, jobseeker: summary.jobseeker, advisor: summary.advisor }
}

function withMarker(readBy: ChannelSummary['readBy'], person: string, readOffset: number): ChannelSummary['readBy'] {
  const known = readBy.find((marker) => marker.person === person)
  if (known !== undefined && known.readOffset >= readOffset) return readBy
  return [...readBy.filter((marker) => marker !== known), { person, readOffset }]
}
