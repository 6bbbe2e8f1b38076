/** The callback queue of a node, built of its parts: who is here, what is offered to them, and what boards show. */
import type { Logger } from 'pino'
import type { Config } from '../config/load.ts'
import { alwaysOpen } from './calendar/region.ts'
import { isActive } from './enrolment/cover.ts'
import type { Covers } from './enrolment/covers.ts'
import type { Enrolment } from './enrolment/enrolment.ts'
import { isAtWork } from './enrolment/person.ts'
import type { Step } from './enrolment/processes.ts'
import type { openingOf } from './opening.ts'
import type { Metrics } from './ops/metrics.ts'
import type { Presence } from './presence/presence.ts'
import { startOfferLoop, wakingBy } from './queue/offer-loop.ts'
import type { Taken } from './queue/offers.ts'
import { createQueue, type Queue } from './queue/queue.ts'
import { watchQueue } from './queue/watch.ts'
import { startBoardRelay } from './signaling/board-relay.ts'
import type { Fanout } from './signaling/fanout.ts'
import type { RoomGuests } from './signaling/room-guests.ts'
import type { Sessions } from './signaling/sessions.ts'
import type { LogEntry } from './store/events.ts'
import type { RedisClient } from './store/redis.ts'

export interface QueuePartsOptions {
  readonly client: RedisClient
  /** Connections for what much of is asked for at once. */
  readonly further: readonly RedisClient[]
  readonly config: Config
  readonly regions: readonly string[]
  readonly calendars: ReturnType<typeof openingOf>
  readonly presence: () => Presence
  readonly enrolment: () => Enrolment
  readonly covers: () => Covers
  readonly metrics: Metrics
  readonly log: Logger
  /** A callback was offered after it was ready for so long. */
  readonly onWaited: (region: string, callback: string, waitMs: number) => void
}

export interface OfferingOptions {
  readonly sessions: Sessions
  readonly fanout: Fanout
  readonly guests: RoomGuests
}

/** How often the offer loop looks by itself; a request or an arriving advisor wakes it at once. */
const offerEveryMs = 1_000

export function createQueueParts(options: QueuePartsOptions) {
  const { config, regions, calendars, presence, enrolment, covers, metrics, log } = options
  const queue = createQueue({
    ...{ client: options.client, further: options.further },
    leaseMs: config.callbackLeaseMs,
    graceMs: config.presenceGraceMs,
    calendars: (region) => calendars.get(region) ?? alwaysOpen('UTC'),
    isHere: async (region, advisor) => (await presence().of(region, [advisor]))[0]?.state !== 'offline',
    mayReturn: async (region, advisor) => isAtWork(await enrolment().person(region, advisor)),
    isCovered: async (region, advisor) =>
      (await covers().of(region, advisor)).some((cover) => isActive(cover, Date.now())),
  })
  /** Whatever a jobseeker has open goes to their new advisor. */
  const moveCallbacks: Step = async (region, jobseeker, { to }) => {
    const advisor = to === undefined ? undefined : await enrolment().person(region, to)
    if (advisor === undefined) return
    await queue.supervision.follow(region, jobseeker, { advisor: advisor.id, team: advisor.team })
  }
  const onOffer = ({ callback: { id, changedAt, readyAt } }: Taken, region: string) => {
    metrics.callbackWaits.observe((changedAt - readyAt) / 1_000)
    options.onWaited(region, id, changedAt - readyAt)
  }

  return {
    queue,
    moveCallbacks,
    onOffer,
    /** Offers to whoever is on this node, and tells boards, until disposed. */
    start: (offering: OfferingOptions) => startQueue(queue, { ...offering, regions, onOffer, metrics, log }),
  }
}

type StartOptions = OfferingOptions &
  Pick<QueuePartsOptions, 'regions' | 'metrics' | 'log'> & { readonly onOffer: (taken: Taken, region: string) => void }

export type StartedQueue = ReturnType<typeof startQueue>

function startQueue(queue: Queue, { sessions, fanout, guests, regions, onOffer, metrics, log }: StartOptions) {
  const stack = new AsyncDisposableStack()
  const offers = stack.use(
    startOfferLoop({
      ...{ offers: queue.offers, desks: queue.desks, regions, log, everyMs: offerEveryMs },
      ready: () => sessions.advisors(),
      find: (advisor) => sessions.advisor(advisor),
      onOffer,
    }),
  )
  const hear = wakingBy((person) => offers.wake(person))
  const queueWatch = stack.use(watchQueue({ supervision: queue.supervision, regions, log }))
  metrics.observe(
    'visavis_callbacks_waiting',
    'Callbacks that wait for an advisor, on all nodes, counted every 5 s',
    () => queueWatch.waiting,
  )
  const boards = stack.use(startBoardRelay({ queue, fanout, boards: () => sessions.boards(), log }))
  return {
    offers,
    watch: queueWatch,
    /** Something has become of a callback, on whatever node: of those concerned, an advisor on this node may be free. */
    changed({ topic, name, text }: LogEntry, region: string) {
      boards.changed(region)
      if (!topic.startsWith('person:')) return
      const person = topic.slice('person:'.length)
      hear(person, name, text)
      guests.changed(person)
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
