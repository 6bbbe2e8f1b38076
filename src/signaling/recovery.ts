/** What a client has missed of its durable streams: all of it, or a fresh snapshot, never a part. */
import type { Identity } from '../auth/identity.ts'
import type { Channels, Since } from '../chat/channels.ts'
import type { Conversation } from '../enrolment/enrolment.ts'
import type { ChannelSummary, Message, Position, RecoveredStream, StreamPosition } from '../protocol/index.ts'
import type { Callbacks } from '../queue/callbacks.ts'
import type { FeedSince } from '../store/events.ts'
import { channelTopic, personTopic } from './fanout.ts'

export interface RecoveryOptions {
  readonly channels: Channels
  readonly callbacks: Callbacks
  readonly feedSince: (region: string, person: string, since: Position, most: number) => Promise<FeedSince>
}

/** More missed entries than these of one stream are not replayed. */
const mostMessages = 200
const mostFeedEntries = 500
/** Of one answer: the streams beyond it are told by snapshots. UTF-16 units of text. */
const mostReplayedText = 256 * 1_024

export type Recovery = ReturnType<typeof createRecovery>

export function createRecovery({ channels, callbacks, feedSince }: RecoveryOptions) {
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
    if (role === 'advisor') return callbacks.ofAdvisor(region, person)
    if (role === 'jobseeker') return { callbacks: await callbacks.ofJobseeker(region, person) }
    return {}
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
          return { conversation, since: await channels.since(conversation.jobseeker.id, position, mostMessages) }
        }),
      ])
      let replayed = 0
      const streams = found.map(({ conversation, since }) => {
        const text = since.messages?.reduce((sum, message) => sum + message.text.length, 0) ?? 0
        const whole = replayed + text <= mostReplayedText
        if (whole) replayed += text
        return channelStream(identity.person, conversation, since, whole)
      })
      return feed === undefined ? streams : [feed, ...streams]
    },
  }
}

/** No feed has ever stood there, so that a snapshot is given. */
const nowhere: Position = { epoch: '-', offset: 0 }

function channelStream(self: string, conversation: Conversation, since: Since, whole: boolean): RecoveredStream {
  const { position, messages } = since
  const channel = conversation.jobseeker.id
  const stream = channelTopic(channel)
  if (messages === undefined || !whole) {
    const last = messages?.at(-1) ?? since.last
    const summary = summaryOf(self, conversation, { ...since, last })
    return { stream, position, recovered: false, snapshot: summary === undefined ? {} : { channel: summary } }
  }
  const events = messages.map((message) => messageFrame(channel, message, position.epoch))
  return { stream, position, recovered: true, events, readBy: readBy(since) }
}

const messageFrame = (channel: string, message: Message, epoch: string): Record<string, unknown> => ({
  event: 'chat.messagePublished',
  data: { channel, message },
  stream: channelTopic(channel),
  position: { epoch, offset: message.offset },
})

const readBy = ({ markers }: Pick<Since, 'markers'>) =>
  [...markers].map(([person, readOffset]) => ({ person, readOffset }))

/** What a list of channels shows of one; undefined while the jobseeker has no advisor. */
export function summaryOf(
  self: string,
  { jobseeker, advisor }: Conversation,
  { position, markers, last }: Pick<Since, 'position' | 'markers' | 'last'>,
): ChannelSummary | undefined {
  if (advisor === undefined) return undefined
  const readOffset = markers.get(self) ?? 0
  return {
    channel: jobseeker.id,
    jobseeker: { id: jobseeker.id, name: jobseeker.name },
    advisor: { id: advisor.id, name: advisor.name },
    position,
    ...(last === undefined ? {} : { last }),
    readOffset,
    unread: position.offset - readOffset,
    readBy: readBy({ markers }),
  }
}
