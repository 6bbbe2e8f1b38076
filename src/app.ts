/** The composition root: builds every module and hands each exactly what it needs. Nothing else knows them all. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { type Config, ConfigError } from '../config/load.ts'
import { startAnswerClock } from './answer-clock.ts'
import { Alerts } from './answers/alerts.ts'
import { watchAlerts } from './answers/watch.ts'
import { startAppointmentMail } from './appointment-mail.ts'
import { appointmentProof } from './appointment-proof.ts'
import { createAppointmentRecord } from './appointment-record.ts'
import { appointmentSteps } from './appointment-steps.ts'
import { createAppointmentBook } from './appointments/book.ts'
import { watchAppointments } from './appointments/watch.ts'
import { Attachments } from './attachments/attachments.ts'
import { clamav } from './attachments/clamav.ts'
import { folderFiles } from './attachments/folder.ts'
import { startSweepLoop } from './attachments/sweep-loop.ts'
import { createAttendanceParts } from './attendance-parts.ts'
import { Audit } from './audit/audit.ts'
import { KeySet } from './auth/key-set.ts'
import { developmentSecret } from './auth/secret.ts'
import { createTokens } from './auth/tokens.ts'
import { awaitedNotice } from './awaited-notice.ts'
import { alwaysOpen, type WrittenPlace } from './calendar/region.ts'
import { trustedCapacityKeys } from './certified-capacity.ts'
import { type ChannelForgotten, Channels, chatTags, service, tagOf } from './chat/channels.ts'
import { Unread } from './chat/unread.ts'
import { Waits } from './chat/waits.ts'
import { createCheckParts } from './check-parts.ts'
import { createDroppedFiles } from './dropped-files.ts'
import { isActive } from './enrolment/cover.ts'
import { Covers } from './enrolment/covers.ts'
import { Enrolment, type EnrolmentFact } from './enrolment/enrolment.ts'
import { Erasures } from './enrolment/erasures.ts'
import { isAtWork } from './enrolment/person.ts'
import { type Step, type Steps, startProcesses, stepNames } from './enrolment/processes.ts'
import { Transfers } from './enrolment/transfers.ts'
import { erasureSteps } from './erasure-steps.ts'
import { createExcuse, type Excuse } from './excuse.ts'
import { registerAppointmentSettings } from './http/appointment-settings.ts'
import { registerAttachments } from './http/attachments.ts'
import { registerAttendance } from './http/attendance.ts'
import { registerAudit } from './http/audit.ts'
import { auditRequests } from './http/audited-requests.ts'
import { registerAwaited } from './http/awaited.ts'
import { BodyDeadlines } from './http/body-deadlines.ts'
import { registerCallbackSettings } from './http/callback-settings.ts'
import { registerCapacityCertificate } from './http/capacity-certificate.ts'
import { registerContacts } from './http/contacts.ts'
import { registerCovers } from './http/covers.ts'
import { addSamplePeople, registerDevelopment } from './http/development.ts'
import { registerErasures } from './http/erasures.ts'
import { registerExport } from './http/export.ts'
import { type Readiness, registerHealth } from './http/health.ts'
import { registerImport } from './http/import.ts'
import { registerMailReports } from './http/mail-reports.ts'
import { registerNodes } from './http/nodes.ts'
import { registerOperatorLoad } from './http/operator-load.ts'
import { registerOpinion } from './http/opinion.ts'
import { registerPages } from './http/pages.ts'
import { registerPeople } from './http/people.ts'
import { registerReadProof } from './http/read-proof.ts'
import { registerReport } from './http/report.ts'
import { registerScheme } from './http/scheme.ts'
import { registerSchemeSettings } from './http/scheme-settings.ts'
import { createServer } from './http/server.ts'
import { registerTeamAppointments } from './http/team-appointments.ts'
import { registerUnsubscribe } from './http/unsubscribe.ts'
import { tokensOrInvitations, watchLobbies } from './lobbies.ts'
import { Invitations } from './lobby/invitations.ts'
import { Lobby, type LobbyFact } from './lobby/lobby.ts'
import { createLobbyRecord } from './lobby-record.ts'
import { consentOf } from './media/consent.ts'
import { openRooms } from './media/rooms.ts'
import { namedAttachments } from './named-attachments.ts'
import { Tickets } from './nodes/tickets.ts'
import { type NoteFact, Notes, type NotesForgotten, noteTags } from './notes/notes.ts'
import { Contacts } from './notices/contacts.ts'
import { createDelivery } from './notices/delivery.ts'
import { type DeliveryLoop, startDeliveryLoop } from './notices/delivery-loop.ts'
import { createMailer } from './notices/mailer.ts'
import { Notices } from './notices/notices.ts'
import { Outbox } from './notices/outbox.ts'
import { Proofs } from './notices/proofs.ts'
import { Unsubscribe } from './notices/unsubscribe.ts'
import { watchOutbox } from './notices/watch.ts'
import { openingOf } from './opening.ts'
import { startLoad } from './operator-parts.ts'
import { createMetrics } from './ops/metrics.ts'
import { createPersonExport } from './person-export.ts'
import { openPlaces } from './places.ts'
import { Presence } from './presence/presence.ts'
import { watchPresence } from './presence/watch.ts'
import { startOfferLoop } from './queue/offer-loop.ts'
import type { Taken as TakenCallback } from './queue/offers.ts'
import { createQueue } from './queue/queue.ts'
import { watchQueue } from './queue/watch.ts'
import { startRecording } from './recording.ts'
import { Reminders } from './reminders/reminders.ts'
import { Replies } from './replies/replies.ts'
import { retainedPeople } from './retain.ts'
import { readPolicy } from './retention/policy.ts'
import { startRetention } from './retention/retention-loop.ts'
import { createSchemeParts, type WrittenScheme } from './scheme-parts.ts'
import { openSearch } from './search/search.ts'
import { changedChannel, channelSource, noteSource } from './search-source.ts'
import { createAppointmentsShown } from './signaling/appointments-shown.ts'
import { auditedDispatcher } from './signaling/audited-dispatcher.ts'
import { AuditedSessions } from './signaling/audited-sessions.ts'
import { startBoardRelay } from './signaling/board-relay.ts'
import { createDispatcher } from './signaling/dispatcher.ts'
import { channelTopic, Fanout } from './signaling/fanout.ts'
import { answerHandlers } from './signaling/handlers/answer.ts'
import { appointmentHandlers } from './signaling/handlers/appointment.ts'
import { attachmentHandlers } from './signaling/handlers/attachment.ts'
import { attendanceHandlers } from './signaling/handlers/attendance.ts'
import { callbackHandlers } from './signaling/handlers/callback.ts'
import { chatHandlers } from './signaling/handlers/chat.ts'
import { checkHandlers } from './signaling/handlers/check.ts'
import { enrolmentHandlers } from './signaling/handlers/enrolment.ts'
import { lobbyHandlers } from './signaling/handlers/lobby.ts'
import { noteHandlers } from './signaling/handlers/note.ts'
import { noticeHandlers } from './signaling/handlers/notice.ts'
import { type RegionOfReplies, replyHandlers } from './signaling/handlers/reply.ts'
import { roomHandlers } from './signaling/handlers/room.ts'
import { searchHandlers } from './signaling/handlers/search.ts'
import { sessionHandlers } from './signaling/handlers/session.ts'
import { startLobbyRelay } from './signaling/lobby-relay.ts'
import { startNoteRelay } from './signaling/note-relay.ts'
import { Admission } from './signaling/rate-limit.ts'
import { createRecovery } from './signaling/recovery.ts'
import { relay } from './signaling/relay.ts'
import { createRoomEntry } from './signaling/room-entry.ts'
import { RoomGuests } from './signaling/room-guests.ts'
import { registerSignaling } from './signaling/route.ts'
import type { Taken } from './signaling/sessions.ts'
import { signsOfLife } from './signs-of-life.ts'
import { startAging } from './store/aging.ts'
import { feedSince, type LogEntry } from './store/events.ts'
import { liftFence } from './store/fence.ts'
import { followShards } from './store/shards.ts'
import { openStore } from './store/store.ts'
import { startSystemMessages } from './system-messages.ts'
import { together } from './together.ts'
import { startUnreadMail } from './unread-mail.ts'
import { verdictNotice } from './verdict-notice.ts'
import { startVisits } from './visits.ts'
import { waiverNotice } from './waiver-notice.ts'
import { createWorkshopParts } from './workshop-parts.ts'
import type { WorkshopFact } from './workshops/workshops.ts'

/** The region of the sample people. */
const developmentRegion = 'bretagne'
/** Connections to Redis among which channels are spread, and what much of is asked for at once. */
const connectionCount = 4
/** Of those who arrive in a crowd nobody waits longer: with a connection, well within the patience of clients, or without. */
const longestArrival = { holdMs: 4_000, comeBackMs: 20_000 }
/** How often the offer loop looks by itself; a request or an arriving advisor wakes it at once. */
const offerEveryMs = 1_000
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

/** @throws when storage or media cannot be had; whatever was opened before is closed again. */
export async function createApp(config: Config, log: Logger): Promise<App> {
  await using stack = new AsyncDisposableStack()
  const { version } = JSON.parse(await readFile(join(config.root, 'package.json'), 'utf8')) as { version: string }
  const regionsFile = await readFile(join(config.root, 'config', 'regions.json'), 'utf8')
  const places = JSON.parse(regionsFile) as (RegionOfReplies & WrittenPlace & WrittenScheme)[]
  const regions = places.map(({ id }) => id)
  const policies = policiesOf(places)

  const opened = await together(
    openStore({ ...config, log }),
    openRooms({
      ...(config.mediaWorkers === undefined ? {} : { workers: config.mediaWorkers }),
      workerBin: config.mediaWorkerBin,
      listen: config.mediaListenIps.map((ip, n) => ({ ip, announced: config.mediaAnnouncedAddresses?.[n] })),
      basePort: config.mediaBasePort,
      iceServers: {
        urls: config.iceServers,
        turnSecret: config.turnSecret,
        turnCredentialMs: config.turnCredentialMs,
      },
      synthetic: config.syntheticParticipants,
      // As long as the session may be taken up again.
      graceMs: config.presenceGraceMs,
      consentMs: consentOf(config.heartbeatMs),
      // Nobody joins before everything is built.
      stageOf: (room) => workshopRooms.stageOf(room),
      log,
    }),
  )
  const [store, rooms] = [stack.use(opened[0]), stack.use(opened[1])]
  const durability = await store.durability()
  const metrics = createMetrics(config.nodeName)
  const workshopParts = createWorkshopParts({
    ...{ client: store.client, rooms, config, regions, log },
    notices: () => notices,
    mails: () => mail !== undefined,
  })
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
    onAnswer: (channel, wait) => {
      enrolment
        .regionOf(channel)
        .then((region) => region !== undefined && taking.answered(region, channel, wait))
        .catch((err) => log.warn({ err }, 'an answer is not counted'))
    },
  })
  const attachments = new Attachments({
    client: store.client,
    files: folderFiles(config.attachmentsDir),
    scan: config.clamav === undefined ? undefined : clamav({ address: config.clamav, log }),
    maxBytes: config.attachmentBytes,
    uploadsPerHour: config.attachmentsPerHour,
    linkMs: config.attachmentLinkMs,
    isNamed: namedAttachments(channels),
    log,
  })
  const droppedFiles = createDroppedFiles({ channels, attachments, log })
  const sweep = async () => (await droppedFiles.drop()) + (await attachments.sweep())
  stack.use(startSweepLoop({ attachments: { sweep }, log }))
  const notes = new Notes({ client: store.client })
  const invitations = new Invitations({ client: store.client })
  const replies = new Replies({ client: store.client })
  const {
    checks,
    calls: testCalls,
    lastCheck,
  } = createCheckParts({
    ...{ client: store.client, rooms, metrics },
    most: config.testCalls,
  })
  stack.use(testCalls)
  const calendars = openingOf(places, config.callbackHours)
  const queue = createQueue({
    ...{ client: store.client, further },
    leaseMs: config.callbackLeaseMs,
    graceMs: config.presenceGraceMs,
    calendars: (region) => calendars.get(region) ?? alwaysOpen('UTC'),
    isHere: async (region, advisor) => (await presence.of(region, [advisor]))[0]?.state !== 'offline',
    mayReturn: async (region, advisor) => isAtWork(await enrolment.person(region, advisor)),
    isCovered: async (region, advisor) =>
      (await covers.of(region, advisor)).some((cover) => isActive(cover, Date.now())),
  })
  const { callbacks } = queue
  const book = createAppointmentBook({
    client: store.client,
    async calendars(region, { advisor, team }) {
      const open = (calendars.get(region) ?? alwaysOpen('UTC')).of(team)
      return { open, own: await queue.availability.calendar(region, advisor, open) }
    },
  })
  const { bringInLine, changed: appointmentsOfChanged } = appointmentSteps({
    book,
    enrolment: () => enrolment,
    wake: () => appointmentMail.wake(),
  })
  const excuse: Excuse = createExcuse({ attendance: () => record.attendance })
  const taking = createSchemeParts({
    ...{ client: store.client, places, root: config.root, trial: config.devSignIn },
    ...{ channels, book, lastCheck, bringInLine, excuse, log },
    notices: () => notices,
    mails: () => mail !== undefined,
  })
  /** Whatever a jobseeker has open goes to their new advisor. */
  const moveCallbacks: Step = async (region, jobseeker, { to }) => {
    const advisor = to === undefined ? undefined : await enrolment.person(region, to)
    if (advisor === undefined) return
    await queue.supervision.follow(region, jobseeker, { advisor: advisor.id, team: advisor.team })
  }
  /** In the channel, for both: whoever reads it later sees who answered from when on. */
  const announceAdvisor: Step = async (region, jobseeker, { at, to }) => {
    const advisor = to === undefined ? undefined : await enrolment.person(region, to)
    if (advisor === undefined || advisor.erasure !== undefined) return
    const system = { code: 'advisorChanged', person: { id: advisor.id, name: advisor.name } } as const
    await channels.publish(jobseeker, { from: service, key: `advisor-${at}`, text: '', system })
  }
  const record = createAttendanceParts({
    client: store.client,
    config,
    places,
    enrolment: () => enrolment,
    tellAwaited: awaitedNotice({ enrolment: () => enrolment, notices: () => notices, mails: () => mail !== undefined }),
    tellVerdict: verdictNotice({ enrolment: () => enrolment, notices: () => notices, mails: () => mail !== undefined }),
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
  const retentionMs = config.noticeRetentionDays * dayMs
  const patienceMs = config.mailRetryDays * dayMs
  let mail: DeliveryLoop | undefined
  const notices = new Notices({ client: store.client, retentionMs, patienceMs, onPut: () => mail?.wake() })
  const contacts = new Contacts({ client: store.client, onChoice: () => mail?.wake() })
  const proofs = new Proofs({ client: store.client })
  const unsubscribe = new Unsubscribe({ client: store.client, contacts })
  const alerts = new Alerts({ client: store.client })
  const reminders = new Reminders({ client: store.client })
  const steps: Steps = {
    left: {
      withdrawCallbacks: (region, person) => callbacks.withdrawAll(region, person),
      leaveWorkshops: (region, person) => workshops.leave(region, person),
      ...taking.steps.left,
    },
    joined: taking.steps.joined,
    advisorChanged: { sayWhoAnswers: announceAdvisor, moveCallbacks, moveAppointments: bringInLine },
    erased: erasureSteps({
      ...{ store, channels, alerts, reminders, attachments, notes, queue, book, workshops, replies, notices },
      ...{ lobby, invitations, checks, attendance: record.attendance },
      enrolment: () => enrolment,
      erasures: () => erasures,
      presence: () => presence,
      search: () => search,
      mails: () => mail !== undefined,
    }),
  }
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
  const appointmentMail = stack.use(
    startAppointmentMail({
      ...{ book, notices, enrolment, regions, bringInLine, log },
      mails: () => mail !== undefined,
      record: createAppointmentRecord({
        attendance: record.attendance,
        entryOf: async (region, id, n) => (await book.appointments.entries(region, id, n - 1, n))[0],
      }),
    }),
  )
  const appointmentWatch = stack.use(watchAppointments({ looks: book.looks, regions, log }))
  metrics.observe(
    'visavis_appointments_overdue',
    'Appointments of which something should have been told a minute ago, on all nodes, counted every 5 s',
    () => appointmentWatch.overdue,
  )
  const systemMessages = stack.use(
    startSystemMessages({ client: store.client, channels, enrolment, covers, regions, log }),
  )
  const answerClock = stack.use(
    startAnswerClock({
      ...{ alerts, enrolment, notices, log },
      waits: new Waits({ client: store.client }),
      withinMs: config.answerWithinMs,
      leadMs: config.answerLeadMs,
    }),
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
          if (here) offers.wake(person)
        })
    },
    onAccessEnded: (session, jobseeker) => {
      void rooms.expel(jobseeker, session).catch((err) => log.error({ err, session }, 'a room could not be left'))
    },
  })
  const guests = new RoomGuests({ queue, enrolment, expel: (room, session) => rooms.expel(room, session), log })
  const onOffer = ({ callback: { id, changedAt, readyAt } }: TakenCallback, region: string) => {
    metrics.callbackWaits.observe((changedAt - readyAt) / 1_000)
    taking.waited(region, id, changedAt - readyAt)
  }
  const offers = stack.use(
    startOfferLoop({
      ...{ offers: queue.offers, desks: queue.desks, regions, log, everyMs: offerEveryMs },
      ready: () => sessions.advisors(),
      find: (advisor) => sessions.advisor(advisor),
      onOffer,
    }),
  )
  const queueWatch = stack.use(watchQueue({ supervision: queue.supervision, regions, log }))
  metrics.observe(
    'visavis_callbacks_waiting',
    'Callbacks that wait for an advisor, on all nodes, counted every 5 s',
    () => queueWatch.waiting,
  )
  const load = stack.use(
    startLoad({
      ...{ store, metrics, rooms, places, presence, log, rules: taking.rules, callbacks: queueWatch },
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
  const lobbyChanged = ({ region, removed }: LobbyFact) => {
    lobbyRelay.changed(region)
    if (removed === undefined) return
    rooms.expelPerson(removed).catch((err) => log.error({ err, person: removed }, 'a room could not be left'))
    sessions.sendAway(removed)
  }

  const handlers = {
    ...sessionHandlers(sessions),
    ...enrolmentHandlers({ enrolment, transfers }),
    ...chatHandlers({
      channels,
      attachments,
      enrolment,
      answerWithinMs: config.answerWithinMs,
      onDeleted: droppedFiles.dropSoon,
      onUnfollowed: (jobseeker) => answerClock.hurry(jobseeker),
      onPublished: (region) => metrics.messages.inc({ region }),
    }),
    ...answerHandlers({ alerts, enrolment }),
    ...attachmentHandlers(attachments),
    ...noteHandlers(notes),
    ...replyHandlers({ replies, enrolment, regions: places }),
    ...noticeHandlers(contacts),
    ...attendanceHandlers({ ...record, judging: taking.counting(record.judging) }),
    ...searchHandlers(search),
    ...callbackHandlers({
      ...{ queue, enrolment },
      find: (advisor) => sessions.advisor(advisor),
      wake: (advisor) => offers.wake(advisor),
      onOffer,
    }),
    ...checkHandlers({
      ...{ checks, calls: testCalls },
      iceServers: (person) => rooms.iceServers(person).iceServers,
      onReport: (person, { at, outcome, advice }, key) => {
        const result = outcome === 'failed' ? 'failed' : 'passed'
        void recording.recordCheck(person, { key, at, result, problems: advice })
      },
    }),
    ...roomHandlers({ rooms, entry, lobby, places: roomPlaces }),
    ...workshopParts.handlers(roomPlaces),
    ...lobbyHandlers({ lobby, invitations, enrolment, rooms, entry, relay: lobbyRelay }),
    ...appointmentHandlers({
      ...{ book, enrolment, covers },
      shown: appointmentsShown,
      leadMs: config.appointmentLeadMs,
      wake: () => appointmentMail.wake(),
    }),
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
  const boards = stack.use(startBoardRelay({ queue, fanout, boards: () => sessions.boards(), log }))
  /** Something has become of a callback, on whatever node: of those concerned, an advisor on this node may be free. */
  const callbackChanged = ({ topic }: LogEntry, region: string) => {
    boards.changed(region)
    if (!topic.startsWith('person:')) return
    const person = topic.slice('person:'.length)
    offers.wake(person)
    guests.changed(person)
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
  const tags = [...new Set([...chatTags, ...noteTags, ...regions])]
  const follower = stack.use(
    followShards({
      client: store.client,
      subscriber: store.duplicate({ blocking: true }),
      tags,
      onEntry: (entry, tag) => {
        deliver(entry)
        if (entry.name === 'presence.changed') lobbyRelay.changed(tag)
        if (entry.name.startsWith('callback.')) callbackChanged(entry, tag)
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
  stack.use(watchPresence({ presence, regions, onGivenUp: () => signaling.closeAll('RESUME'), log }))
  // Nobody else uses the embedded Redis: who is on its record is dead, and its people need not wait for that to show.
  if (config.redisUrl === undefined) {
    void presence
      .buryOthers(regions)
      .catch((err) => log.debug({ err }, 'the sessions of an earlier node stay until it is given up'))
  }

  const outbox = new Outbox({ client: store.client, retentionMs })
  const outboxes = stack.use(watchOutbox({ outbox, regions, log }))
  metrics.observe(
    'visavis_notices_waiting',
    'Notices that are not sent yet, on all nodes, counted every 5 s',
    () => outboxes.waiting,
  )
  const answers = stack.use(watchAlerts({ alerts, regions, log }))
  metrics.observe(
    'visavis_chat_answers_due',
    'Jobseekers whose answer is due soon, or whom nobody can answer, on all nodes, counted every 5 s',
    () => answers.counts.due,
  )
  metrics.observe(
    'visavis_chat_answers_overdue',
    'Jobseekers whose answer is overdue, on all nodes, counted every 5 s',
    () => answers.counts.overdue,
  )
  if (config.smtpUrl === undefined || config.mailFrom === undefined || config.publicUrl === undefined) {
    log.info('mail is off: VISAVIS_SMTP_URL is not set, so notices wait')
  } else {
    const { smtpUrl, mailFrom: from, publicUrl, mailParallel: parallel, mailPerMinute: perMinute } = config
    const delivery = createDelivery({
      ...{ outbox, contacts, unsubscribe, proofs, publicUrl, log },
      mailer: stack.use(createMailer({ smtpUrl, from, parallel })),
      dailyAt: config.mailDailyAt,
      giveUpMs: patienceMs,
      onOutcome: (kind, outcome) => metrics.notices.inc({ kind, outcome }),
    })
    // Only where mail is on: what nobody sends would pile up.
    stack.use(
      startUnreadMail({
        ...{ enrolment, presence, notices, log },
        unread: new Unread({ client: store.client, channels }),
        reminders,
        jobseekerMs: config.unreadMailMs,
        advisorMs: config.unreadMailAdvisorMs,
      }),
    )
    mail = stack.use(startDeliveryLoop({ outbox, delivery, regions: places, parallel, perMinute, log }))
  }

  stack.use(startAging({ client: store.client, tags, log }))
  const retention = stack.use(
    startRetention({
      ...retainedPeople({
        ...{ enrolment, channels, notes, callbacks, appointments: book.appointments, workshops },
        onRemoved: droppedFiles.dropSoon,
      }),
      client: store.client,
      policies,
      ...(store.rewriteLog === undefined ? {} : { rewriteLog: store.rewriteLog }),
      log,
    }),
  )
  for (const kind of ['messages', 'notes', 'callbacks', 'appointments'] as const) {
    const help = `${kind} that this node removed because they were kept long enough`
    metrics.observe(`visavis_retention_${kind}_removed`, help, () => retention.removed[kind])
  }

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
  metrics.observe('visavis_rooms', 'Open rooms', () => rooms.stats().rooms)
  metrics.observe('visavis_participants', 'Participants in rooms', () => rooms.stats().participants)
  metrics.observe('visavis_media_workers', 'Live mediasoup workers', () => rooms.stats().workers.length)
  metrics.observe('visavis_redis_available', '1 while Redis answers', () => Number(store.available))
  metrics.observe('visavis_search_behind', 'Conversations the search index has not caught up with', () => search.behind)
  metrics.observe('visavis_attendance_visits', 'People in rooms of this node whose media is counted', () => visits.size)
  metrics.observe('visavis_attendance_facts_lost', 'Facts of rooms that are on no record', () => recording.lost)
  metrics.observe('visavis_audit_waiting', 'Entries of the audit log not yet stored', () => audit.waiting)
  metrics.observe('visavis_audit_dropped', 'Entries of the audit log that were lost', () => audit.dropped)

  auditRequests(server, { audit, tokens, agencyToken: config.agencyToken })
  await registerHealth(server, { metrics, readiness, signs: () => signsOfLife(store, rooms) })
  await registerNodes(server, { places: roomPlaces, tokens })
  await registerOperatorLoad(server, { tokens, load: () => load.of(roomPlaces) })
  const keeping = { enrolment, tokens, regions, agencyToken: config.agencyToken }
  await registerPeople(server, { ...keeping, transfers })
  await registerErasures(server, { ...keeping, erasures })
  await registerContacts(server, { ...keeping, contacts })
  await registerUnsubscribe(server, unsubscribe)
  await registerAttendance(server, { ...keeping, ...record })
  const proof = appointmentProof({ book, contacts, regions: places, wake: () => appointmentMail.wake() })
  await registerReadProof(server, { ...proof, proofs })
  await registerMailReports(server, { ...proof, tokens, regions, agencyToken: config.agencyToken })
  await registerAppointmentSettings(server, { ...keeping, book })
  await registerTeamAppointments(server, { ...keeping, book, attendance: record.attendance })
  await registerSchemeSettings(server, { ...keeping, scheme })
  const tellWaived = waiverNotice({ enrolment, notices, mails: () => mail !== undefined })
  await registerAwaited(server, {
    ...{ ...keeping, scheme, lastReport: (region: string, person: string) => checks.last({ region, person }) },
    async waive(region, person, given) {
      const act = await scheme.waiveCheck(region, person, given)
      await tellWaived(region, person, act)
      return act
    },
  })
  await registerCapacityCertificate(server, {
    ...keeping,
    trusted: trustedCapacityKeys(config.capacityKeys),
    capEnrolment: (region, capacity, certificate, expiresAt, by) =>
      taking.rules.capEnrolment(region, { capacity, certificate, expiresAt }, by),
    keep: load.keep,
  })
  await registerReport(server, { ...keeping, report: taking.report })
  await registerScheme(server, {
    ...{ enrolment, scheme, tokens, agencyToken: config.agencyToken, askAgency: taking.askAgency },
    count: (region, happening) => taking.report.count(region, happening),
    wake: () => appointmentMail.wake(),
  })
  await registerOpinion(server, {
    ...{ tokens, agencyToken: config.agencyToken, report: taking.report, require: record.require },
    entries: (region, appointment) => record.attendance.entries(region, appointment),
  })
  await registerCovers(server, { ...keeping, covers })
  await registerCallbackSettings(server, { ...keeping, queue })
  await registerImport(server, keeping)
  await registerAudit(server, { ...keeping, audit })
  const exportPerson = createPersonExport({
    ...{
      channels,
      attachments,
      notes,
      callbacks,
      checks,
      appointments: book.appointments,
      workshops,
      notices,
      contacts,
      replies,
      enrolment,
      covers,
      presence,
      audit,
    },
    attendance: record.attendance,
    schemeActs: (region, person) => scheme.acts(region, person),
    readFile: record.readFile,
    regions: places,
    version,
  })
  await registerExport(server, { ...keeping, exportPerson })
  const { allowedOrigins } = config
  await registerAttachments(server, { attachments, enrolment, tokens, bodies, allowedOrigins, metrics })
  if (config.devSignIn) {
    await addSamplePeople(enrolment)
    await registerDevelopment(server, { enrolment, tokens, region: developmentRegion })
  }
  const { root, devSignIn, editWindowMs, lobbies } = config
  await registerPages(server, { root, devSignIn, version, editWindowMs, lobbies })
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

/** @throws ConfigError. */
function policiesOf(places: readonly { readonly id: string; readonly retention?: unknown }[]) {
  const read = places.map((place) => [place.id, readPolicy(place.id, place)] as const)
  const mistakes = read.flatMap(([, policy]) => ('mistakes' in policy ? policy.mistakes : []))
  if (mistakes.length > 0) throw new ConfigError(mistakes.map((mistake) => `config/regions.json: ${mistake}`))
  return new Map(read.flatMap(([id, policy]) => ('mistakes' in policy ? [] : [[id, policy] as const])))
}
