/** The composition root: builds every module and hands each exactly what it needs. Nothing else knows them all. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../config/load.ts'
import { Audit } from './audit/audit.ts'
import { KeySet } from './auth/key-set.ts'
import { developmentSecret } from './auth/secret.ts'
import { createTokens } from './auth/tokens.ts'
import { Channels, chatTags } from './chat/channels.ts'
import { Covers } from './enrolment/covers.ts'
import { Enrolment, type EnrolmentFact } from './enrolment/enrolment.ts'
import { type Steps, startProcesses, stepNames } from './enrolment/processes.ts'
import { registerAudit } from './http/audit.ts'
import { auditRequests } from './http/audited-requests.ts'
import { registerCovers } from './http/covers.ts'
import { addSamplePeople, registerDevelopment } from './http/development.ts'
import { type Readiness, registerHealth } from './http/health.ts'
import { registerImport } from './http/import.ts'
import { registerPages } from './http/pages.ts'
import { registerPeople } from './http/people.ts'
import { createServer } from './http/server.ts'
import { openRooms } from './media/rooms.ts'
import { createMetrics } from './ops/metrics.ts'
import { Presence } from './presence/presence.ts'
import { watchPresence } from './presence/watch.ts'
import { Callbacks } from './queue/callbacks.ts'
import { startOfferLoop } from './queue/offer-loop.ts'
import { openSearch } from './search/search.ts'
import { channelSource } from './search-source.ts'
import { auditedDispatcher } from './signaling/audited-dispatcher.ts'
import { AuditedSessions } from './signaling/audited-sessions.ts'
import { createDispatcher } from './signaling/dispatcher.ts'
import { channelTopic, Fanout } from './signaling/fanout.ts'
import { callbackHandlers } from './signaling/handlers/callback.ts'
import { chatHandlers } from './signaling/handlers/chat.ts'
import { enrolmentHandlers } from './signaling/handlers/enrolment.ts'
import { roomHandlers } from './signaling/handlers/room.ts'
import { searchHandlers } from './signaling/handlers/search.ts'
import { sessionHandlers } from './signaling/handlers/session.ts'
import { Admission } from './signaling/rate-limit.ts'
import { createRecovery } from './signaling/recovery.ts'
import { relay } from './signaling/relay.ts'
import { registerSignaling } from './signaling/route.ts'
import type { Taken } from './signaling/sessions.ts'
import { feedSince, type LogEntry } from './store/events.ts'
import { followShards } from './store/shards.ts'
import { openStore } from './store/store.ts'

/** The region of the sample people. */
const developmentRegion = 'bretagne'
/** Connections to Redis among which channels are spread. */
const chatConnections = 4
/** Nobody who arrives in a crowd is asked to wait longer. */
const longestArrivalWaitMs = 20_000
/** How often the offer loop looks by itself; a request or an arriving advisor wakes it at once. */
const offerEveryMs = 1_000
/** Jobseekers that are read at once to list all channels. */
const listedAtOnce = 200
const dayMs = 24 * 60 * 60 * 1_000

export interface App extends AsyncDisposable {
  /** Accepts connections. @returns the URL to open. */
  listen(): Promise<string>
  /** Stops accepting, sends everybody away with "restart", closes media and storage. Safe to call twice. */
  close(): Promise<void>
  /** Whether people may be sent here, and if not, why. */
  readiness(): Readiness
}

/** @throws when storage or media cannot be had; whatever was opened before is closed again. */
export async function createApp(config: Config, log: Logger): Promise<App> {
  await using stack = new AsyncDisposableStack()
  const { version } = JSON.parse(await readFile(join(config.root, 'package.json'), 'utf8')) as { version: string }
  const regions = (
    JSON.parse(await readFile(join(config.root, 'config', 'regions.json'), 'utf8')) as { id: string }[]
  ).map(({ id }) => id)

  const store = stack.use(await openStore({ ...config, log }))
  const durability = await store.durability()
  const metrics = createMetrics(config.nodeName)
  const audit = stack.use(
    new Audit({ client: store.client, regions, retentionMs: config.auditRetentionDays * dayMs, log }),
  )
  const channels = new Channels({
    clients: [store.client, ...Array.from({ length: chatConnections - 1 }, () => store.duplicate())],
  })
  const callbacks = new Callbacks({ client: store.client, leaseMs: config.callbackLeaseMs })
  const steps: Steps = {
    left: { withdrawCallbacks: (region, person) => callbacks.withdrawAll(region, person) },
    advisorChanged: {},
  }
  const enrolment = new Enrolment({
    client: store.client,
    steps: stepNames(steps),
    onProcess: () => processes.wake(),
  })
  const search = stack.use(
    await openSearch({
      folder: join(config.dataDir, 'search'),
      source: channelSource(channels, () => allJobseekers(enrolment, regions)),
      log,
    }),
  )
  const rooms = stack.use(
    await openRooms({
      ...(config.mediaWorkers === undefined ? {} : { workers: config.mediaWorkers }),
      ...(config.mediaAnnouncedAddress === undefined ? {} : { announcedAddress: config.mediaAnnouncedAddress }),
      workerBin: config.mediaWorkerBin,
      listenIp: config.mediaListenIp,
      basePort: config.mediaBasePort,
      iceServers: config.iceServers,
      synthetic: config.syntheticParticipants,
      log,
    }),
  )

  const server = await createServer({ log, version, ...config })
  const keys =
    config.jwksUrl === undefined
      ? undefined
      : new KeySet({
          url: config.jwksUrl,
          refreshMs: config.jwksRefreshMs,
          maxStaleMs: config.jwksMaxStaleMs,
          log,
        })
  // So that the first person to sign in does not wait, and a wrong address shows in the log at once.
  void keys?.refresh()
  const tokens = createTokens({
    keys,
    secret: config.devSignIn ? (config.jwtSecret ?? (await developmentSecret(config.dataDir))) : undefined,
    issuer: config.jwtIssuer,
    audience: config.jwtAudience,
    clockSkewMs: config.jwtClockSkewMs,
    maxLifetimeMs: config.jwtMaxLifetimeMs,
    claims: { person: config.claimPerson, role: config.claimRole, name: config.claimName, region: config.claimRegion },
    log,
  })

  const processes = stack.use(startProcesses({ client: store.client, regions, steps, log }))
  const fanout = new Fanout()
  const presence = new Presence({
    client: store.client,
    // Of this run: what an earlier one has left behind is not its own.
    node: `${config.nodeName}.${randomBytes(4).toString('hex')}`,
    graceMs: config.presenceGraceMs,
    maxSessionsPerPerson: config.sessionsPerPerson,
  })
  const recovery = createRecovery({
    channels,
    callbacks,
    feedSince: (tag, person, since, most) => feedSince(store.client, { tag, person, since, most }),
  })
  const sessions = new AuditedSessions({
    audit,
    tokens,
    enrolment,
    presence,
    recovery,
    fanout,
    admission: new Admission({ perSecond: config.opensPerSecond, burst: config.opensPerSecond }, longestArrivalWaitMs),
    maxFrameBytes: config.maxFrameBytes,
    heartbeatMs: config.heartbeatMs,
    log,
    onAdvisorHere: ({ region, person }, here) => {
      if (here) return offers.wake()
      void callbacks
        .release(region, person)
        .catch((err) => log.warn({ err, person }, 'offers of an absent advisor stay until they expire'))
    },
    onAccessEnded: (session, jobseeker) => {
      void rooms.expel(jobseeker, session).catch((err) => log.error({ err, session }, 'a room could not be left'))
    },
  })
  const offers = stack.use(
    startOfferLoop({ callbacks, regions, ready: () => sessions.advisors(), log, everyMs: offerEveryMs }),
  )
  rooms.on('activated', (room, active, by) => {
    fanout.publish(channelTopic(room), 'room.activated', { room, active, ...(by === undefined ? {} : { by }) })
  })

  const handlers = {
    ...sessionHandlers(sessions),
    ...enrolmentHandlers(enrolment),
    ...chatHandlers(channels),
    ...searchHandlers(search),
    ...callbackHandlers({ callbacks, enrolment, wake: () => offers.wake() }),
    ...roomHandlers({ rooms, synthetic: config.syntheticParticipants }),
  }
  const signaling = await registerSignaling(server, {
    dispatcher: auditedDispatcher(createDispatcher(handlers, log), audit),
    sessions,
    limits: {
      ...config,
      openTimeoutMs: config.sessionOpenTimeoutMs,
      outbox: { softBytes: config.outboxSoftBytes, hardBytes: config.outboxBytes },
      requests: { perSecond: config.requestsPerSecond, burst: config.requestBurst },
    },
    opensPerSecond: config.opensPerSecond,
    origins: { publicUrl: config.publicUrl, allowed: config.allowedOrigins },
    metrics,
    log,
    onSessionGone: (session) => {
      void rooms.leaveAll(session).catch((err) => log.error({ err, session }, 'a participant could not be cleaned up'))
    },
  })
  const deliver = relay(fanout, {
    'enrolment.personChanged': (fact: EnrolmentFact) => sessions.enrolmentChanged(fact),
    'enrolment.coverChanged': (fact: EnrolmentFact) => sessions.enrolmentChanged(fact),
    'presence.taken': (fact: Taken) => sessions.taken(fact),
  })
  const follower = stack.use(
    followShards({
      client: store.client,
      subscriber: store.duplicate({ blocking: true }),
      tags: [...chatTags, ...regions],
      onEntry: (entry) => {
        deliver(entry)
        const channel = changedChannel(entry)
        if (channel !== undefined) search.touched(channel)
      },
      // What was missed is in the streams: whoever follows them takes it up from there.
      onLost: () => {
        signaling.closeAll('RESUME')
        search.compare()
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
  stack.use(watchPresence({ presence, regions, onGivenUp: () => signaling.closeAll('RESUME'), log }))
  // Nobody else uses the embedded Redis: who is on its record is dead, and its people need not wait for that to show.
  if (config.redisUrl === undefined) {
    void presence
      .buryOthers(regions)
      .catch((err) => log.debug({ err }, 'the sessions of an earlier node stay until it is given up'))
  }

  let stopping = false
  const readiness = (): Readiness => {
    const media = rooms.stats()
    const parts = {
      redis: store.available ? 'ready' : 'away',
      // What a confirmed write has survived, as Redis told at start.
      durability: durability.promise,
      media: media.workers.length > 0 ? 'ready' : 'no worker',
      node: stopping ? 'stopping' : 'serving',
    }
    return { ready: store.available && media.workers.length > 0 && !stopping, parts }
  }
  metrics.observe('visavis_rooms', 'Open rooms', () => rooms.stats().rooms)
  metrics.observe('visavis_participants', 'Participants in rooms', () => rooms.stats().participants)
  metrics.observe('visavis_media_workers', 'Live mediasoup workers', () => rooms.stats().workers.length)
  metrics.observe('visavis_redis_available', '1 while Redis answers', () => Number(store.available))
  metrics.observe('visavis_search_behind', 'Conversations the search index has not caught up with', () => search.behind)
  metrics.observe('visavis_audit_waiting', 'Entries of the audit log not yet stored', () => audit.waiting)
  metrics.observe('visavis_audit_dropped', 'Entries of the audit log that were lost', () => audit.dropped)

  auditRequests(server, { audit, tokens, agencyToken: config.agencyToken })
  await registerHealth(server, { metrics, readiness })
  const keeping = { enrolment, tokens, regions, agencyToken: config.agencyToken }
  await registerPeople(server, keeping)
  await registerCovers(server, { ...keeping, covers: new Covers({ client: store.client }) })
  await registerImport(server, keeping)
  await registerAudit(server, { ...keeping, audit })
  if (config.devSignIn) {
    await addSamplePeople(enrolment)
    await registerDevelopment(server, { enrolment, tokens, region: developmentRegion })
  }
  await registerPages(server, { root: config.root, devSignIn: config.devSignIn, version })
  await server.ready()

  const resources = stack.move()
  let closed: Promise<void> | undefined
  const close = async () => {
    stopping = true
    signaling.closeAll('RESTART')
    await server.close()
    // Their sessions may be taken up on another node at once.
    await presence
      .bury(presence.node, regions)
      .catch((err) => log.debug({ err }, 'sessions stay until this node is given up'))
    await resources.disposeAsync()
  }
  const app: App = {
    async listen() {
      const address = await server.listen({ host: config.host, port: config.port })
      return config.publicUrl ?? `${address}${config.pathPrefix}`
    },
    close: () => (closed ??= close()),
    readiness,
    [Symbol.asyncDispose]: () => app.close(),
  }
  return app
}

/** The channel is named by its jobseeker; some have no message yet. */
async function* allJobseekers(enrolment: Enrolment, regions: readonly string[]): AsyncGenerator<string> {
  for (const region of regions) {
    let after: string | undefined
    do {
      const page = await enrolment.list(region, {
        role: 'jobseeker',
        limit: listedAtOnce,
        ...(after === undefined ? {} : { after }),
      })
      for (const { id } of page.people) yield id
      after = page.next
    } while (after !== undefined)
  }
}

/** The channel in which a message is new or changed, if it is that what the entry tells. */
const changedChannel = ({ topic, name }: LogEntry): string | undefined =>
  name.startsWith('chat.message') && topic.startsWith('channel:') ? topic.slice('channel:'.length) : undefined
