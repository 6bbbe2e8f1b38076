/** The composition root: builds every module and hands each exactly what it needs. Nothing else knows them all. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../config/load.ts'
import { startAnswers } from './answer-parts.ts'
import { Alerts } from './answers/alerts.ts'
import { createAppointmentParts } from './appointment-parts.ts'
import { createAttachmentParts } from './attachment-parts.ts'
import { createAttendanceParts } from './attendance-parts.ts'
import { Audit } from './audit/audit.ts'
import { awaitedNotice } from './awaited-notice.ts'
import { loadHolidays } from './calendar/holidays.ts'
import type { WrittenPlace } from './calendar/region.ts'
import { Channels, chatTags, tagOf } from './chat/channels.ts'
import { createCheckParts } from './check-parts.ts'
import { Covers } from './enrolment/covers.ts'
import { Enrolment } from './enrolment/enrolment.ts'
import { Erasures } from './enrolment/erasures.ts'
import { startProcesses, stepNames } from './enrolment/processes.ts'
import { Transfers } from './enrolment/transfers.ts'
import { createExcuse, type Excuse } from './excuse.ts'
import { followFacts } from './fact-relay.ts'
import { BodyDeadlines } from './http/body-deadlines.ts'
import type { Readiness } from './http/health.ts'
import { createServer } from './http/server.ts'
import { tokensOrInvitations, watchLobbies } from './lobbies.ts'
import { Invitations } from './lobby/invitations.ts'
import { Lobby } from './lobby/lobby.ts'
import { createLobbyRecord } from './lobby-record.ts'
import { createMailParts } from './mail-parts.ts'
import { openMedia } from './media-parts.ts'
import { createHandlers } from './method-handlers.ts'
import { observeNode } from './node-gauges.ts'
import { Tickets } from './nodes/tickets.ts'
import { Notes, noteTags } from './notes/notes.ts'
import { openingOf } from './opening.ts'
import { startLoad } from './operator-parts.ts'
import { createMetrics } from './ops/metrics.ts'
import { openPlaces } from './places.ts'
import { Presence } from './presence/presence.ts'
import { watchPresence } from './presence/watch.ts'
import { processSteps } from './process-steps.ts'
import { createQueueParts } from './queue-parts.ts'
import { startRecording } from './recording.ts'
import { Reminders } from './reminders/reminders.ts'
import { Replies } from './replies/replies.ts'
import { registerRoutes } from './rest-routes.ts'
import { policiesOf, startRetaining } from './retention-parts.ts'
import { createSchemeParts, type WrittenScheme } from './scheme-parts.ts'
import { openSearch } from './search/search.ts'
import { channelSource, noteSource } from './search-source.ts'
import { createAppointmentsShown } from './signaling/appointments-shown.ts'
import { auditedDispatcher } from './signaling/audited-dispatcher.ts'
import { AuditedSessions } from './signaling/audited-sessions.ts'
import { createDispatcher } from './signaling/dispatcher.ts'
import { channelTopic, Fanout } from './signaling/fanout.ts'
import type { RegionOfReplies } from './signaling/handlers/reply.ts'
import { startLobbyRelay } from './signaling/lobby-relay.ts'
import { startNoteRelay } from './signaling/note-relay.ts'
import { Admission } from './signaling/rate-limit.ts'
import { createRecovery } from './signaling/recovery.ts'
import { createRoomEntry } from './signaling/room-entry.ts'
import { RoomGuests } from './signaling/room-guests.ts'
import { registerSignaling } from './signaling/route.ts'
import { signsOfLife } from './signs-of-life.ts'
import { startAging } from './store/aging.ts'
import { feedSince } from './store/events.ts'
import { liftFence } from './store/fence.ts'
import { openStore } from './store/store.ts'
import { startSystemMessages } from './system-messages.ts'
import { together } from './together.ts'
import { createTokenParts } from './token-parts.ts'
import { verdictNotice } from './verdict-notice.ts'
import { startVisits } from './visits.ts'
import { createWorkshopParts } from './workshop-parts.ts'
import type { Writing } from './writing.ts'

/** Connections to Redis among which channels are spread, and what much of is asked for at once. */
const connectionCount = 4
/** Of those who arrive in a crowd nobody waits longer: with a connection, well within the patience of clients, or without. */
const longestArrival = { holdMs: 4_000, comeBackMs: 20_000 }
/**
 * Connections that wait to be accepted. When all of a node's people come back at once and their number does not fit, the
 * kernel drops what they send, and they try again after 1, 3, 7 and 15 s. The system may allow fewer (`net.core.somaxconn`).
 */
const backlog = 16_384
/** How often the media of those in an appointment is counted. */
const mediaCountMs = 5_000
const dayMs = 24 * 60 * 60 * 1_000

export interface App extends AsyncDisposable {
  /** Accepts connections. @returns the URL to open. */
  listen(): Promise<string>
  /** Stops accepting, sends everybody away with "restart", closes media and storage. Safe to call twice. */
  close(): Promise<void>
  /** Whether people may be sent here, and if not, why. */
  readiness(): Readiness
}

/**
 * @param opening the storage, where it is being opened already; the app closes it.
 * @throws when storage or media cannot be had; whatever was opened before is closed again.
 */
export async function createApp(config: Config, log: Logger, opening = openStore({ ...config, log })): Promise<App> {
  await using stack = new AsyncDisposableStack()
  // While Redis loads its data: the first who asks for a callback shall not wait for it.
  if (config.callbackHours === 'kept') loadHolidays()
  const opened = await together(
    opening,
    // Nobody joins before everything is built.
    openMedia({ config, stageOf: (room) => workshopRooms.stageOf(room), log }),
  )
  const [store, rooms] = [stack.use(opened[0]), stack.use(opened[1])]
  const { version } = JSON.parse(await readFile(join(config.root, 'package.json'), 'utf8')) as { version: string }
  const regionsFile = await readFile(join(config.root, 'config', 'regions.json'), 'utf8')
  const places = JSON.parse(regionsFile) as (RegionOfReplies & WrittenPlace & WrittenScheme)[]
  const regions = places.map(({ id }) => id)
  const policies = policiesOf(places)
  const durability = await store.durability()
  const metrics = createMetrics(config.nodeName)
  const mail = createMailParts({ client: store.client, config, log })
  const { notices, mails } = mail
  const writing: Writing = { enrolment: () => enrolment, notices, mails }
  const workshopParts = createWorkshopParts({ client: store.client, rooms, config, regions, notices, mails, log })
  stack.use(workshopParts.mail)
  const { workshops, workshopRooms } = workshopParts
  const audit = stack.use(
    new Audit({ client: store.client, regions, retentionMs: config.auditRetentionDays * dayMs, log }),
  )
  const further = Array.from({ length: connectionCount - 1 }, () => store.duplicate())
  const channels = new Channels({
    clients: [store.client, ...further],
    mostPerMinute: config.messagesPerMinute,
    editWindowMs: config.editWindowMs,
  })
  const { attachments, droppedFiles, sweeping } = createAttachmentParts({ client: store.client, channels, config, log })
  stack.use(sweeping)
  const notes = new Notes({ client: store.client })
  const invitations = new Invitations({ client: store.client })
  const replies = new Replies({ client: store.client })
  const checkParts = createCheckParts({
    ...{ client: store.client, rooms, metrics },
    most: config.testCalls,
  })
  const { checks, calls: testCalls, lastCheck } = checkParts
  stack.use(testCalls)
  const calendars = openingOf(places, config.callbackHours)
  const queueParts = createQueueParts({
    ...{ client: store.client, further, config, regions, calendars, metrics, log },
    presence: () => presence,
    enrolment: () => enrolment,
    covers: () => covers,
    onWaited: (region, callback, waitMs) => taking.waited(region, callback, waitMs),
  })
  const { queue, moveCallbacks } = queueParts
  const { callbacks } = queue
  const appointmentParts = createAppointmentParts({
    ...{ client: store.client, calendars, queue },
    enrolment: () => enrolment,
  })
  const { book, bringInLine } = appointmentParts
  const excuse: Excuse = createExcuse({ attendance: () => record.attendance })
  const taking = createSchemeParts({
    ...{ client: store.client, places, root: config.root, trial: config.devSignIn },
    ...{ channels, book, lastCheck, bringInLine, excuse, log },
    ...{ notices, mails },
  })
  const record = createAttendanceParts({
    client: store.client,
    config,
    places,
    enrolment: () => enrolment,
    tellAwaited: awaitedNotice(writing),
    tellVerdict: verdictNotice(writing),
    metrics,
    log,
    onProposed: taking.judged,
  })
  const recording = stack.use(
    startRecording({
      ...{ attendance: record.attendance, log },
      regionOf: (person) => enrolment.regionOf(person),
    }),
  )
  const recordVisit = createLobbyRecord(recording)
  const lobby = new Lobby({
    client: store.client,
    async onVisit(change) {
      await recordVisit(change)
      taking.visited(change)
    },
  })
  const alerts = new Alerts({ client: store.client })
  const reminders = new Reminders({ client: store.client })
  const steps = processSteps({
    ...{ store, channels, alerts, reminders, attachments, notes, queue, book, workshops, replies, notices },
    ...{ lobby, invitations, checks, attendance: record.attendance },
    enrolment: () => enrolment,
    erasures: () => erasures,
    presence: () => presence,
    search: () => search,
    ...{ mails, taking, bringInLine, moveCallbacks },
  })
  const enrolling = {
    client: store.client,
    rules: taking.rules,
    steps: stepNames(steps),
    onProcess: () => processes.wake(),
    onReturn: async (person: string) => {
      await channels.reopen(person)
      await liftFence(store.client, tagOf(person), person)
    },
  }
  const enrolment = new Enrolment(enrolling)
  const scheme = taking.open(enrolling)
  const transfers = new Transfers(enrolling)
  const covers = new Covers({ client: store.client })
  stack.use(appointmentParts.start({ notices, enrolment, regions, attendance: record.attendance, mails, metrics, log }))
  const systemMessages = stack.use(
    startSystemMessages({ client: store.client, channels, enrolment, covers, regions, log }),
  )
  const answerClock = stack.use(
    startAnswers({ client: store.client, alerts, enrolment, notices, regions, config, metrics, log }),
  )
  const erasures = new Erasures(enrolling)
  const search = stack.use(
    await openSearch({
      folder: join(config.dataDir, 'search'),
      source: channelSource(channels),
      notes: noteSource(notes),
      log,
    }),
  )

  stack.use(record.startDue())
  const visits = stack.use(
    startVisits({
      ...{ rooms, recording, attendance: record.attendance, log },
      sampleMs: config.attendanceSampleMs,
      countMs: Math.min(mediaCountMs, config.attendanceSampleMs),
    }),
  )

  const bodies = new BodyDeadlines()
  const server = await createServer({ log, version, bodies, ...config })
  const tokens = await createTokenParts(config, log)

  const processes = stack.use(startProcesses({ client: store.client, regions, steps, log }))
  const fanout = new Fanout()
  const presence = new Presence({
    client: store.client,
    // Of this run: what an earlier one has left behind is not its own.
    node: `${config.nodeName}.${randomBytes(4).toString('hex')}`,
    graceMs: config.presenceGraceMs,
    maxSessionsPerPerson: config.sessionsPerPerson,
  })
  const tickets = config.nodeUrl === undefined ? undefined : new Tickets(store.client, presence.node)
  const appointmentsShown = createAppointmentsShown({ book, enrolment })
  const recovery = createRecovery({
    channels,
    callbacks,
    appointmentsShown,
    answerWithinMs: config.answerWithinMs,
    feedSince: (tag, person, since, most) => feedSince(store.client, { tag, person, since, most }),
  })
  const sessions = new AuditedSessions({
    audit,
    tokens: tokensOrInvitations(tokens, invitations),
    enrolment,
    presence,
    tickets,
    recovery,
    fanout,
    admission: new Admission({ perSecond: config.opensPerSecond, burst: config.opensPerSecond }, longestArrival),
    maxFrameBytes: config.maxFrameBytes,
    heartbeatMs: config.heartbeatMs,
    log,
    onAdvisorHere: ({ region, person, name }, here) => {
      const advisor = sessions.advisor(person) ?? { advisor: person, name }
      const told = here ? queue.desks.arrived(region, advisor) : queue.desks.leaving(region, person)
      told
        .catch((err) => log.warn({ err, person }, 'offers of an absent advisor stay until they expire'))
        .finally(() => {
          if (here) queueing.offers.wake(person)
        })
    },
    onAccessEnded: (session, jobseeker) => {
      void rooms.expel(jobseeker, session).catch((err) => log.error({ err, session }, 'a room could not be left'))
    },
  })
  const guests = new RoomGuests({ queue, enrolment, expel: (room, session) => rooms.expel(room, session), log })
  const queueing = stack.use(queueParts.start({ sessions, fanout, guests }))
  const load = stack.use(
    startLoad({
      ...{ store, metrics, rooms, places, presence, log, rules: taking.rules, callbacks: queueing.watch },
      regionOf: (session) => sessions.regionOf(session),
    }),
  )
  rooms.on('left', (room, session) => guests.left(room, session))
  const roomPlaces = stack.use(
    await openPlaces({
      ...{ rooms, config, regions, log, tickets },
      client: store.client,
      node: presence.node,
      load: () => load.node,
      onActivated: (room, by) =>
        fanout.publish(channelTopic(room), 'room.activated', {
          ...{ room, active: by !== undefined },
          ...(by === undefined ? {} : { by }),
        }),
    }),
  )

  const lobbyRelay = stack.use(startLobbyRelay({ lobby, presence, enrolment, log }))
  const lobbyWatch = stack.use(
    watchLobbies({
      ...{ lobby, invitations, rooms, presence, regions, log },
      regionOf: (session) => sessions.regionOf(session),
      keepMs: config.lobbyKeepMs,
    }),
  )
  const entry = createRoomEntry({
    ...{ lobby, guests, workshopRooms, lobbies: config.lobbies },
    synthetic: config.syntheticParticipants,
  })
  const handlers = createHandlers({
    ...{ config, metrics, places, sessions, enrolment, transfers, covers, channels, attachments, droppedFiles },
    ...{ alerts, answerClock, notes, replies, contacts: mail.contacts, record, recording, taking, search },
    ...{ queueParts, offers: queueing.offers, checkParts, rooms, roomPlaces, entry, lobby, lobbyRelay, invitations },
    ...{ workshopParts, book, appointmentsShown, appointmentMail: appointmentParts },
  })
  const signaling = await registerSignaling(server, {
    dispatcher: auditedDispatcher(
      createDispatcher(handlers, log, (limit) => metrics.limits.inc({ limit })),
      audit,
    ),
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
    onConnectionGone: (session, connection, ended) => {
      lobbyRelay.forget(connection)
      testCalls.leave(session)
      if (!ended) rooms.detach(session, connection)
      else
        void rooms
          .leaveAll(session, stopping ? 'node-stopping' : 'left', connection)
          .catch((err) => log.error({ err, session }, 'a participant could not be cleaned up'))
    },
  })
  const noteRelay = stack.use(startNoteRelay({ notes, fanout, log }))
  const tags = [...new Set([...chatTags, ...noteTags, ...regions])]
  stack.use(
    await followFacts({
      ...{ store, tags, metrics, log, fanout, signaling, sessions, rooms, queue, queueing, answerClock },
      ...{ lobbyRelay, lobbyWatch, noteRelay, search, systemMessages, workshopRooms },
      appointmentsOfChanged: appointmentParts.changed,
    }),
  )
  stack.use(watchPresence({ presence, regions, onGivenUp: () => signaling.closeAll('RESUME'), log }))
  // Nobody else uses the embedded Redis: who is on its record is dead, and its people need not wait for that to show.
  if (config.redisUrl === undefined) {
    void presence
      .buryOthers(regions)
      .catch((err) => log.debug({ err }, 'the sessions of an earlier node stay until it is given up'))
  }

  stack.use(mail.start({ places, channels, enrolment, presence, reminders, metrics }))

  stack.use(startAging({ client: store.client, tags, log }))
  const retention = stack.use(
    startRetaining({
      ...{ enrolment, channels, notes, callbacks, appointments: book.appointments, workshops },
      ...{ store, policies, onRemoved: droppedFiles.dropSoon, log },
    }),
  )
  let stopping = false
  const readiness = (): Readiness => {
    const media = rooms.stats()
    const parts = {
      redis: store.available ? 'ready' : 'away',
      // What a confirmed write has survived, as Redis told at start.
      durability: durability.promise,
      media: media.workers.length > 0 ? 'ready' : 'no worker',
      node: stopping ? 'stopping' : roomPlaces.draining ? 'draining' : 'serving',
    }
    return { ready: store.available && media.workers.length > 0 && !stopping && !roomPlaces.draining, parts }
  }
  observeNode(metrics, { rooms, store, search, visits, recording, audit, retention })

  await registerRoutes(server, {
    ...{ config, version, places, bodies, tokens, metrics, readiness, signs: () => signsOfLife(store, rooms) },
    ...{ audit, roomPlaces, load, enrolment, scheme, transfers, covers, erasures, taking, mail, record, book },
    ...{ appointmentMail: appointmentParts, checks, queue, channels, attachments, notes, replies, workshops, presence },
    ...{ lobby, invitations },
  })
  await server.ready()

  const resources = stack.move()
  let closed: Promise<void> | undefined
  const close = async () => {
    stopping = true
    await roomPlaces.stop()
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
      const address = await server.listen({ host: config.host, port: config.port, backlog })
      return config.publicUrl ?? `${address}${config.pathPrefix}`
    },
    close: () => (closed ??= close()),
    readiness,
    [Symbol.asyncDispose]: () => app.close(),
  }
  return app
}
