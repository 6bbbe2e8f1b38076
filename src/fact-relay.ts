/** What a node does about what has happened, on whatever node: it follows the logs, and tells each part what concerns it. */
import type { Logger } from 'pino'
import type { AnswerClock } from './answer-clock.ts'
import type { ChannelForgotten } from './chat/channels.ts'
import type { EnrolmentFact } from './enrolment/enrolment.ts'
import { isAtWork } from './enrolment/person.ts'
import type { LobbyWatch } from './lobbies.ts'
import type { LobbyFact } from './lobby/lobby.ts'
import type { Rooms } from './media/rooms.ts'
import type { NoteFact, NotesForgotten } from './notes/notes.ts'
import type { Metrics } from './ops/metrics.ts'
import type { Queue } from './queue/queue.ts'
import type { StartedQueue } from './queue-parts.ts'
import type { Search } from './search/search.ts'
import { changedChannel } from './search-source.ts'
import type { Fanout } from './signaling/fanout.ts'
import type { LobbyRelay } from './signaling/lobby-relay.ts'
import type { NoteRelay } from './signaling/note-relay.ts'
import { relay } from './signaling/relay.ts'
import type { Signaling } from './signaling/route.ts'
import type { Sessions, Taken } from './signaling/sessions.ts'
import type { WorkshopRooms } from './signaling/workshop-rooms.ts'
import { followShards } from './store/shards.ts'
import type { Store } from './store/store.ts'
import type { SystemMessages } from './system-messages.ts'
import type { WorkshopFact } from './workshops/workshops.ts'

export interface FactRelayOptions {
  readonly store: Store
  /** Of the logs to follow. */
  readonly tags: readonly string[]
  readonly metrics: Metrics
  readonly log: Logger
  readonly fanout: Fanout
  readonly signaling: Signaling
  readonly sessions: Sessions
  readonly rooms: Rooms
  readonly queue: Queue
  readonly queueing: StartedQueue
  readonly answerClock: AnswerClock
  readonly lobbyRelay: LobbyRelay
  readonly lobbyWatch: LobbyWatch
  readonly noteRelay: NoteRelay
  readonly search: Search
  readonly systemMessages: SystemMessages
  readonly workshopRooms: WorkshopRooms
  readonly appointmentsOfChanged: (fact: EnrolmentFact) => Promise<void>
}

/** Follows until disposed. @returns when it follows all of them. */
export async function followFacts(options: FactRelayOptions): Promise<AsyncDisposable> {
  const { store, tags, metrics, log, fanout, signaling, sessions, rooms, queue, queueing, answerClock } = options
  const { lobbyRelay, lobbyWatch, noteRelay, search, systemMessages, workshopRooms, appointmentsOfChanged } = options
  await using stack = new AsyncDisposableStack()

  const lobbyChanged = ({ region, removed }: LobbyFact) => {
    lobbyRelay.changed(region)
    if (removed === undefined) return
    rooms.expelPerson(removed).catch((err) => log.error({ err, person: removed }, 'a room could not be left'))
    sessions.sendAway(removed)
  }
  const enrolmentChanged = (fact: EnrolmentFact) => {
    sessions.enrolmentChanged(fact)
    const changed =
      fact.type === 'personChanged' ? fact.person.id : fact.type === 'coverChanged' ? fact.cover.cover : ''
    rooms.distrust((room, person) => room === changed || person === changed)
    answerClock.enrolmentChanged(fact)
    if (fact.type === 'personChanged' && fact.person.role === 'advisor' && !isAtWork(fact.person)) {
      const { region, id } = fact.person
      queue.desks.leaving(region, id).catch((err) => log.warn({ err, advisor: id }, 'what they hold goes back later'))
    }
    lobbyRelay.enrolmentChanged()
    lobbyWatch.enrolmentChanged(fact)
    appointmentsOfChanged(fact).catch((err) => log.warn({ err }, 'appointments are looked at later'))
  }
  const deliver = relay(fanout, {
    'enrolment.personChanged': enrolmentChanged,
    'enrolment.coverChanged': enrolmentChanged,
    'chat.channelForgotten': (fact: ChannelForgotten) => {
      search.forget(fact.channel).catch((err) => {
        log.warn({ err }, 'an erased channel stays in the search index until it is compared')
        search.compare()
      })
    },
    'notes.changed': (fact: NoteFact) => {
      noteRelay.changed(fact)
      search.touched(fact.jobseeker, 'notes')
    },
    'notes.forgotten': ({ jobseeker }: NotesForgotten) => search.touched(jobseeker, 'notes'),
    'lobby.changed': lobbyChanged,
    'workshops.changed': (fact: WorkshopFact) => workshopRooms.changed(fact),
    'presence.taken': (fact: Taken) => sessions.taken(fact),
  })
  const follower = stack.use(
    followShards({
      client: store.client,
      subscriber: store.duplicate({ blocking: true }),
      tags,
      onEntry: (entry, tag) => {
        deliver(entry)
        if (entry.name === 'presence.changed') lobbyRelay.changed(tag)
        if (entry.name.startsWith('callback.')) queueing.changed(entry, tag)
        systemMessages.heard(entry, tag)
        const channel = changedChannel(entry)
        if (channel !== undefined) search.touched(channel)
      },
      // What was missed is in the streams: whoever follows them takes it up from there.
      onLost: () => {
        signaling.closeAll('RESUME')
        search.compare()
        systemMessages.catchUp()
      },
      log,
    }),
  )
  await follower.ready
  metrics.observe(
    'visavis_events_repaired',
    'Events found by reading a log because their nudge was lost',
    () => follower.repaired,
  )
  return stack.move()
}
