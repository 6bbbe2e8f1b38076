/** What answers each method of the protocol: the handlers of every domain, with what they use. */
import type { Config } from '../config/load.ts'
import type { AnswerClock } from './answer-clock.ts'
import type { Alerts } from './answers/alerts.ts'
import type { AppointmentBook } from './appointments/book.ts'
import type { Attachments } from './attachments/attachments.ts'
import type { createAttendanceParts } from './attendance-parts.ts'
import type { Channels } from './chat/channels.ts'
import type { createCheckParts } from './check-parts.ts'
import type { DroppedFiles } from './dropped-files.ts'
import type { Covers } from './enrolment/covers.ts'
import type { Enrolment } from './enrolment/enrolment.ts'
import type { Transfers } from './enrolment/transfers.ts'
import type { Invitations } from './lobby/invitations.ts'
import type { Lobby } from './lobby/lobby.ts'
import type { Rooms } from './media/rooms.ts'
import type { Notes } from './notes/notes.ts'
import type { Contacts } from './notices/contacts.ts'
import type { Metrics } from './ops/metrics.ts'
import type { OfferLoop } from './queue/offer-loop.ts'
import type { createQueueParts } from './queue-parts.ts'
import type { Recording } from './recording.ts'
import type { Replies } from './replies/replies.ts'
import type { SchemeParts } from './scheme-parts.ts'
import type { Search } from './search/search.ts'
import type { AppointmentsShown } from './signaling/appointments-shown.ts'
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
import type { LobbyRelay } from './signaling/lobby-relay.ts'
import type { RoomEntry } from './signaling/room-entry.ts'
import type { RoomPlaces } from './signaling/room-places.ts'
import type { Sessions } from './signaling/sessions.ts'
import type { WorkshopParts } from './workshop-parts.ts'

export interface MethodHandlersOptions {
  readonly config: Config
  readonly metrics: Metrics
  readonly places: readonly RegionOfReplies[]
  readonly sessions: Sessions
  readonly enrolment: Enrolment
  readonly transfers: Transfers
  readonly covers: Covers
  readonly channels: Channels
  readonly attachments: Attachments
  readonly droppedFiles: DroppedFiles
  readonly alerts: Alerts
  readonly answerClock: AnswerClock
  readonly notes: Notes
  readonly replies: Replies
  readonly contacts: Contacts
  readonly record: ReturnType<typeof createAttendanceParts>
  readonly recording: Recording
  readonly taking: SchemeParts
  readonly search: Search
  readonly queueParts: ReturnType<typeof createQueueParts>
  readonly offers: OfferLoop
  readonly checkParts: ReturnType<typeof createCheckParts>
  readonly rooms: Rooms
  readonly roomPlaces: RoomPlaces
  readonly entry: RoomEntry
  readonly lobby: Lobby
  readonly lobbyRelay: LobbyRelay
  readonly invitations: Invitations
  readonly workshopParts: WorkshopParts
  readonly book: AppointmentBook
  readonly appointmentsShown: AppointmentsShown
  readonly appointmentMail: { wake(): void }
}

export function createHandlers(parts: MethodHandlersOptions) {
  const { config, metrics, places, sessions, enrolment, transfers, covers, channels, attachments, droppedFiles } = parts
  const { alerts, answerClock, notes, replies, contacts, record, recording, taking, search } = parts
  const { queueParts, offers, rooms, roomPlaces, entry, lobby, lobbyRelay, invitations } = parts
  const { workshopParts, book, appointmentsShown, appointmentMail } = parts
  const { queue, onOffer } = queueParts
  const { checks, calls: testCalls } = parts.checkParts

  return {
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
      onAnswer: ({ region, id }, wait) => taking.answered(region, id, wait),
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
}
