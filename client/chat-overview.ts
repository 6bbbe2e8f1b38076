/** *Pure.* The channels of a person with their newest message, unread count and read markers, kept up to date by events. */
import type { ChannelSummary, DataOf, Message, Position, RecoveredStream } from '../src/protocol/index.ts'

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
  const own = message.from === self
  const { waitingSince, unreadFrom, ...rest } = summary
  const waits = waitingAfter(summary, message)
  return withSummary(overview, {
    ...rest,
    position,
    newest: message.offset,
    last: message,
    ...(waits === undefined ? {} : { waitingSince: waits }),
    ...(own || unreadFrom === undefined ? {} : { unreadFrom }),
    // Writing in a channel is reading it, for whoever it is that reads what one has not read oneself.
    ...(own ? { readOffset: message.offset } : {}),
    unread: unreadAfter(summary, message, self),
    // The service reads nothing.
    readBy: message.system === undefined ? withMarker(summary.readBy, message.from, message.offset) : summary.readBy,
  })
}

export function withChanged(
  overview: Overview,
  { channel, message }: DataOf<'chat.messageChanged'>,
  position: Position,
  self: string,
): Overview {
  const summary = overview.get(channel)
  if (summary === undefined || isTold(summary.position, position)) return overview
  const wasUnread = message.deletedAt !== undefined && message.offset > seenUpTo(summary, self)
  return withSummary(overview, {
    ...summary,
    position,
    ...(summary.last?.offset === message.offset ? { last: message } : {}),
    unread: Math.max(0, summary.unread - (wasUnread ? 1 : 0)),
  })
}

/** @param how `told`: where the marker stands after an interruption, though it may not have moved. */
export function withRead(
  overview: Overview,
  { channel, person, readOffset }: DataOf<'chat.readMoved'>,
  self: string,
  how: 'moved' | 'told',
): Overview {
  const summary = overview.get(channel)
  if (summary === undefined) return overview
  const readBy = withMarker(summary.readBy, person, readOffset)
  if (person !== self) {
    if (readBy === summary.readBy) return overview
    const beyond = Math.max(0, summary.newest - readOffset)
    const unread = isReadBy(summary, person, self) ? Math.min(beyond, summary.unread) : summary.unread
    return withSummary(overview, { ...summary, readBy, unread })
  }
  const { unreadFrom, ...rest } = summary
  const reads = how === 'moved' || readOffset > summary.readOffset
  const seesAgain = reads && unreadFrom !== undefined && readOffset >= unreadFrom
  if (readOffset <= summary.readOffset && !seesAgain) return overview
  // Deleted messages among what is left are not known here: a list counts right (`isGuessed`).
  const left = Math.max(0, summary.newest - readOffset)
  return withSummary(overview, {
    ...rest,
    ...(unreadFrom === undefined || seesAgain ? {} : { unreadFrom }),
    readOffset: Math.max(readOffset, summary.readOffset),
    unread: seesAgain ? left : Math.min(left, summary.unread),
    readBy,
  })
}

/** A device of a member has everything up to an offset. */
export function withReceived(
  overview: Overview,
  { channel, person, receivedOffset }: DataOf<'chat.receivedMoved'>,
): Overview {
  const summary = overview.get(channel)
  const { readOffset = 0, receivedOffset: before = 0 } =
    summary?.readBy.find((marker) => marker.person === person) ?? {}
  if (summary === undefined || receivedOffset <= Math.max(readOffset, before)) return overview
  const readBy = summary.readBy.filter((marker) => marker.person !== person)
  return withSummary(overview, { ...summary, readBy: [...readBy, { person, readOffset, receivedOffset }] })
}

/** All that was missed has been told; what is unread is told as it stands, for reading and marking are no part of it. */
export function withStanding(overview: Overview, channel: string, { unread, unreadFrom }: Standing): Overview {
  const summary = overview.get(channel)
  if (summary === undefined || unread === undefined) return overview
  const { unreadFrom: _before, ...rest } = summary
  return withSummary(overview, { ...rest, unread, ...(unreadFrom === undefined ? {} : { unreadFrom }) })
}

/** Whether somebody's reading leaves a count that cannot be known here. */
export function isGuessed(overview: Overview, channel: string, person: string, self: string): boolean {
  const summary = overview.get(channel)
  if (summary === undefined || summary.unread === 0) return false
  return person === self || isReadBy(summary, person, self)
}

/** Whether more is known of a channel than a list tells. */
export function isOlder({ channel, position }: ChannelSummary, overview: Overview): boolean {
  const known = overview.get(channel)
  return known !== undefined && isBefore(position, known.position)
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

/** What the service says is to be seen, not to be read. */
function unreadAfter(summary: ChannelSummary, message: Message, self: string): number {
  if (message.system !== undefined) return summary.unread
  return message.from === self || isReadBy(summary, message.from, self) ? 0 : summary.unread + 1
}

type Standing = Pick<RecoveredStream, 'unread' | 'unreadFrom'>

/** Who is new on the advisor's side need not read again what the others have. */
const isReadBy = ({ readOffset, jobseeker }: ChannelSummary, person: string, self: string): boolean =>
  readOffset === 0 && self !== jobseeker.id && person !== jobseeker.id && person !== self

/** Everything up to here counts as read, by oneself or, for who is new on the advisor's side, by those before. */
export function seenUpTo(summary: ChannelSummary, self: string): number {
  const { readOffset, readBy, unreadFrom = Number.POSITIVE_INFINITY } = summary
  const others = readBy.filter(({ person }) => isReadBy(summary, person, self)).map((marker) => marker.readOffset)
  return Math.min(Math.max(readOffset, ...others), unreadFrom - 1)
}

const isTold = (known: Position, position: Position): boolean =>
  known.epoch === position.epoch && position.offset <= known.offset

const isBefore = (position: Position, known: Position): boolean =>
  known.epoch === position.epoch && position.offset < known.offset

function newerOf(summary: ChannelSummary, known: ChannelSummary | undefined): ChannelSummary {
  if (known?.position.epoch !== summary.position.epoch) return summary
  // Receipts never go back, and are not numbered.
  const readBy = known.readBy.reduce(mergeMarker, summary.readBy)
  if (!isBefore(summary.position, known.position)) return { ...summary, readBy }
  // Of the list only who they are: that is not told by the channel's own events.
  const { advisor: _before, ...rest } = known
  const { jobseeker, advisor } = summary
  return { ...rest, readBy, jobseeker, ...(advisor === undefined ? {} : { advisor }) }
}

type Marker = ChannelSummary['readBy'][number]

function mergeMarker(readBy: readonly Marker[], { person, readOffset, receivedOffset = 0 }: Marker): Marker[] {
  const known = readBy.find((marker) => marker.person === person)
  const read = Math.max(readOffset, known?.readOffset ?? 0)
  const received = Math.max(receivedOffset, known?.receivedOffset ?? 0)
  const merged = { person, readOffset: read, ...(received > read ? { receivedOffset: received } : {}) }
  return [...readBy.filter((marker) => marker !== known), merged]
}

function withMarker(readBy: ChannelSummary['readBy'], person: string, readOffset: number): ChannelSummary['readBy'] {
  const known = readBy.find((marker) => marker.person === person)
  if (known !== undefined && known.readOffset >= readOffset) return readBy
  return mergeMarker(readBy, { person, readOffset })
}
