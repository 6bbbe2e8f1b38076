/** What a client has missed of its durable streams: all of it, or a fresh snapshot, never a part. */
import type { Identity } from '../auth/identity.ts'
import type { Channels, Happening, Since } from '../chat/channels.ts'
import type { Conversation } from '../enrolment/enrolment.ts'
import type { ChannelSummary, Position, RecoveredStream, StreamPosition } from '../protocol/index.ts'
import type { Callbacks } from '../queue/callbacks.ts'
import type { FeedSince } from '../store/events.ts'
import type { AppointmentsShown } from './appointments-shown.ts'
import { channelTopic, personTopic } from './fanout.ts'

export interface RecoveryOptions {
  readonly channels: Channels
  readonly callbacks: Callbacks
  readonly appointmentsShown: AppointmentsShown
  /** How soon a jobseeker is to have an answer. */
  readonly answerWithinMs: number
  readonly feedSince: (region: string, person: string, since: Position, most: number) => Promise<FeedSince>
}

/** More missed entries than these of one stream are not replayed. */
const mostMessages = 200
const mostFeedEntries = 500
/** Of one answer: the streams beyond it are told by snapshots. UTF-16 units of text. */
const mostReplayedText = 256 * 1_024

export type Recovery = ReturnType<typeof createRecovery>

export function createRecovery({ channels, callbacks, appointmentsShown, answerWithinMs, feedSince }: RecoveryOptions) {
  const recoverFeed = async ({ region, person, role }: Identity, position: Position): Promise<RecoveredStream> => {
    const stream = personTopic(person)
    // Where the feed stands is read before the state: what happens in between comes again as an event.
    const feed = await feedSince(region, person, position, mostFeedEntries)
    if (feed.frames !== undefined) {
      const events = feed.frames.map((frame) => JSON.parse(frame) as Record<string, unknown>)
      return { stream, position: feed.position, recovered: true, events }
    }
    return { stream, position: feed.position, recovered: false, snapshot: await snapshotOf({ region, person, role }) }
  }

  const snapshotOf = async ({ region, person, role }: Pick<Identity, 'region' | 'person' | 'role'>) => {
    if (role !== 'advisor' && role !== 'jobseeker') return {}
    const [called, appointments] = await Promise.all([
      role === 'advisor'
        ? callbacks.ofAdvisor(region, person)
        : { callbacks: await callbacks.ofJobseeker(region, person) },
      appointmentsShown({ region, person, role }),
    ])
    return { ...called, appointments }
  }

  return {
    /**
     * @param positions where the client stands; a stream of `conversations` that is not among them is told by snapshot.
     * @param only leave out the streams that are not asked for.
     */
    async recover(
      identity: Identity,
      conversations: Iterable<Conversation>,
      positions: readonly StreamPosition[],
      { only = false }: { only?: boolean } = {},
    ): Promise<RecoveredStream[]> {
      const known = new Map(positions.map(({ stream, position }) => [stream, position]))
      const wanted = [...conversations].filter(({ jobseeker }) => !only || known.has(channelTopic(jobseeker.id)))
      const feedPosition = known.get(personTopic(identity.person))
      const [feed, ...found] = await Promise.all([
        only && feedPosition === undefined ? undefined : recoverFeed(identity, feedPosition ?? nowhere),
        ...wanted.map(async (conversation) => {
          const position = known.get(channelTopic(conversation.jobseeker.id))
          const since = await channels.since(conversation.jobseeker.id, identity.person, position, mostMessages)
          return { conversation, since }
        }),
      ])
      let replayed = 0
      const streams = found.map(({ conversation, since }) => {
        const text = since.events?.reduce((sum, { message }) => sum + message.text.length, 0) ?? 0
        const whole = replayed + text <= mostReplayedText
        if (whole) replayed += text
        return channelStream({ conversation, since, whole, answerWithinMs }, identity.person)
      })
      return feed === undefined ? streams : [feed, ...streams]
    },
  }
}

/** No feed has ever stood there, so that a snapshot is given. */
const nowhere: Position = { epoch: '-', offset: 0 }

interface Told {
  readonly conversation: Conversation
  readonly since: Since
  /** Whether what happened may be told one by one. */
  readonly whole: boolean
  readonly answerWithinMs: number
}

function channelStream({ conversation, since, whole, answerWithinMs }: Told, self: string): RecoveredStream {
  const { position, events } = since
  const channel = conversation.jobseeker.id
  const stream = channelTopic(channel)
  if (events === undefined || !whole) {
    const last = events?.findLast(({ changed }) => !changed)?.message ?? since.last
    const summary = summaryOf(self, conversation, { ...since, last }, answerWithinMs)
    return { stream, position, recovered: false, snapshot: { channel: summary } }
  }
  const frames = framesOf(channel, { ...since, events })
  const retained = since.oldest > 1 ? { retainedFrom: since.oldest } : {}
  const { waitingSince, unread, unreadFrom } = since
  const waits = waitingSince === undefined ? {} : { waitingSince }
  const standing = { readBy: readBy(since), unread, ...(unreadFrom === undefined ? {} : { unreadFrom }) }
  return { stream, position, recovered: true, events: frames, ...standing, ...retained, ...waits }
}

/** One for each position that was missed, in order: a client takes a hole for something that is missing. */
function framesOf(
  channel: string,
  { events, expired, oldest, position: { epoch } }: Since & { readonly events: readonly Happening[] },
): Record<string, unknown>[] {
  const stream = channelTopic(channel)
  const gone = expired.map((offset) => ({
    at: offset,
    frame: {
      event: 'chat.messagesExpired',
      data: { channel, retainedFrom: oldest },
      ...{ stream, position: { epoch, offset } },
    },
  }))
  const told = events.map((happening) => ({ at: happening.position, frame: frameOf(channel, happening, epoch) }))
  return [...told, ...gone].sort((a, b) => a.at - b.at).map(({ frame }) => frame)
}

const frameOf = (
  channel: string,
  { position, message, changed }: Happening,
  epoch: string,
): Record<string, unknown> => ({
  event: changed ? 'chat.messageChanged' : 'chat.messagePublished',
  data: { channel, message },
  stream: channelTopic(channel),
  position: { epoch, offset: position },
})

const readBy = ({ markers }: Pick<Since, 'markers'>) =>
  [...markers].map(([person, { readOffset, receivedOffset }]) => ({
    person,
    readOffset,
    ...(receivedOffset > readOffset ? { receivedOffset } : {}),
  }))

/** What a list of channels shows of one. */
export function summaryOf(
  self: string,
  { jobseeker, advisor }: Conversation,
  since: Pick<Since, 'position' | 'newest' | 'markers' | 'last' | 'unread' | 'unreadFrom' | 'waitingSince'>,
  answerWithinMs: number,
): ChannelSummary {
  const { position, newest, markers, last, unread, unreadFrom, waitingSince } = since
  return {
    channel: jobseeker.id,
    jobseeker: { id: jobseeker.id, name: jobseeker.name },
    ...(advisor === undefined ? {} : { advisor: { id: advisor.id, name: advisor.name } }),
    position,
    newest,
    ...(last === undefined ? {} : { last }),
    readOffset: markers.get(self)?.readOffset ?? 0,
    unread,
    ...(unreadFrom === undefined ? {} : { unreadFrom }),
    ...(waitingSince === undefined ? {} : { waitingSince }),
    answerWithinMs,
    readBy: readBy({ markers }),
  }
}
