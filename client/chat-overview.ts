/** *Pure.* The channels of a person with their newest message, unread count and read markers, kept up to date by events. */
import type { ChannelSummary, DataOf, Message, Position } from '../src/protocol/index.ts'

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
  position: Position,
  self: string,
): Overview {
  const summary = overview.get(channel)
  if (summary === undefined || isTold(summary.position, position)) return overview
  const { waitingSince, ...rest } = summary
  const own = message.from === self
  const waits = waitingAfter(summary, message)
  return withSummary(overview, {
    ...rest,
    position,
    newest: message.offset,
    last: message,
    ...(waits === undefined ? {} : { waitingSince: waits }),
    // Writing in a channel is reading it.
    ...(own ? { readOffset: message.offset, unread: 0 } : { unread: summary.unread + 1 }),
    readBy: withMarker(summary.readBy, message.from, message.offset),
  })
}

export function withChanged(
  overview: Overview,
  { channel, message }: DataOf<'chat.messageChanged'>,
  position: Position,
): Overview {
  const summary = overview.get(channel)
  if (summary === undefined || isTold(summary.position, position)) return overview
  const wasUnread = message.deletedAt !== undefined && message.offset > summary.readOffset
  return withSummary(overview, {
    ...summary,
    position,
    ...(summary.last?.offset === message.offset ? { last: message } : {}),
    unread: Math.max(0, summary.unread - (wasUnread ? 1 : 0)),
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
  if (person !== self) return readBy === summary.readBy ? overview : withSummary(overview, { ...summary, readBy })
  const { unreadFrom, ...rest } = summary
  const seesAgain = unreadFrom !== undefined && readOffset >= unreadFrom
  if (readOffset <= summary.readOffset && !seesAgain) return overview
  // Deleted messages among what is left are not known here: the next list counts right.
  const left = Math.max(0, summary.newest - readOffset)
  return withSummary(overview, {
    ...rest,
    ...(unreadFrom === undefined || seesAgain ? {} : { unreadFrom }),
    readOffset: Math.max(readOffset, summary.readOffset),
    unread: seesAgain ? left : Math.min(left, summary.unread),
    readBy,
  })
}

/** This person has put a message back among the unread ones. */
export function withUnread(overview: Overview, { channel, unreadFrom }: DataOf<'chat.unreadMarked'>): Overview {
  const summary = overview.get(channel)
  if (summary === undefined) return overview
  const unread = Math.max(summary.unread, summary.newest - unreadFrom + 1)
  return withSummary(overview, { ...summary, unreadFrom, unread })
}

/** The clock of the answer has moved other than by a message. */
export function withWaiting(
  overview: Overview,
  { channel, waitingSince: waits }: DataOf<'chat.waitingMoved'>,
): Overview {
  const summary = overview.get(channel)
  if (summary === undefined || summary.waitingSince === waits) return overview
  const { waitingSince, ...rest } = summary
  return withSummary(overview, { ...rest, ...(waits === undefined ? {} : { waitingSince: waits }) })
}

/** Until when the jobseeker is to have an answer (ms); undefined while nothing of theirs waits for one. */
export const answerBy = ({ waitingSince, answerWithinMs }: ChannelSummary): number | undefined =>
  waitingSince === undefined ? undefined : waitingSince + answerWithinMs

/** The service itself answers nobody. */
function waitingAfter({ jobseeker, waitingSince }: ChannelSummary, message: Message): number | undefined {
  if (message.system !== undefined) return waitingSince
  return message.from === jobseeker.id ? (waitingSince ?? message.at) : undefined
}

const isTold = (known: Position, position: Position): boolean =>
  known.epoch === position.epoch && position.offset <= known.offset

function newerOf(summary: ChannelSummary, known: ChannelSummary | undefined): ChannelSummary {
  if (known?.position.epoch !== summary.position.epoch || known.position.offset <= summary.position.offset)
    return summary
  // Of the list only who they are: that is not told by the channel's own events.
  return { ...known, jobseeker: summary.jobseeker, advisor: summary.advisor }
}

function withMarker(readBy: ChannelSummary['readBy'], person: string, readOffset: number): ChannelSummary['readBy'] {
  const known = readBy.find((marker) => marker.person === person)
  if (known !== undefined && known.readOffset >= readOffset) return readBy
  return [...readBy.filter((marker) => marker !== known), { ...known, person, readOffset }]
}
