/** The whole protocol: one table of methods, one of events. */
import { appointmentEvents, appointmentMethods } from './appointment.ts'
import { attachmentMethods } from './attachment.ts'
import { attendanceEvents, attendanceMethods } from './attendance.ts'
import { callbackEvents, callbackMethods } from './callback.ts'
import { chatEvents, chatMethods } from './chat.ts'
import { checkMethods } from './check.ts'
import type { Data, Delivery, Params, Result } from './define.ts'
import { enrolmentEvents, enrolmentMethods } from './enrolment.ts'
import { floorEvents, floorMethods } from './floor.ts'
import { lobbyEvents, lobbyMethods } from './lobby.ts'
import { noteEvents, noteMethods } from './note.ts'
import { noticeMethods } from './notice.ts'
import { replyEvents, replyMethods } from './reply.ts'
import { roomEvents, roomMethods } from './room.ts'
import { searchMethods } from './search.ts'
import { sessionEvents, sessionMethods } from './session.ts'
import { workshopEvents, workshopMethods } from './workshop.ts'

export const methods = {
  ...sessionMethods,
  ...enrolmentMethods,
  ...chatMethods,
  ...searchMethods,
  ...attachmentMethods,
  ...noteMethods,
  ...callbackMethods,
  ...appointmentMethods,
  ...replyMethods,
  ...roomMethods,
  ...lobbyMethods,
  ...checkMethods,
  ...noticeMethods,
  ...attendanceMethods,
  ...workshopMethods,
  ...floorMethods,
}

export const events = {
  ...sessionEvents,
  ...enrolmentEvents,
  ...chatEvents,
  ...noteEvents,
  ...callbackEvents,
  ...appointmentEvents,
  ...replyEvents,
  ...roomEvents,
  ...lobbyEvents,
  ...attendanceEvents,
  ...workshopEvents,
  ...floorEvents,
}

export type MethodName = keyof typeof methods
export type EventName = keyof typeof events
export type ParamsOf<M extends MethodName> = Params<(typeof methods)[M]>
export type ResultOf<M extends MethodName> = Result<(typeof methods)[M]>
export type DataOf<E extends EventName> = Data<(typeof events)[E]>

export type { Appointment, AppointmentEntry, Modality } from './appointment.ts'
export type { AppointmentSettings } from './appointment-settings.ts'
export type { Attachment } from './attachment.ts'
export type {
  AttemptCause,
  AttendanceContent,
  AttendanceEntry,
  AttendanceRecord,
  AttendanceState,
  AttendanceWindow,
  DropCause,
  Fact,
  FactType,
  Head,
  Incident,
  Party,
  Reason,
  Verdict,
} from './attendance.ts'
export type {
  AdvisorFigures,
  Attempt,
  AttemptOutcome,
  Board,
  Call,
  Callback,
  CallbackState,
  CallbackStep,
  Desk,
  DeskState,
  Offer,
  OwnHours,
  TeamFigures,
  Window,
} from './callback.ts'
export type { Hours, TeamMode } from './callback-settings.ts'
export type { AnswerDue, ChannelSummary, Message } from './chat.ts'
export type { CheckReport } from './check.ts'
export * from './errors.ts'
export type { FloorView } from './floor.ts'
export {
  type EventFrame,
  protocolVersion,
  Request,
  type Response,
  type ServerFrame,
  subprotocol,
  type WireError,
} from './frames.ts'
export { type AdvisorState, longestInvitationMs, type OwnVisit, type Visit } from './lobby.ts'
export { explainedCloseCodes, explainedErrors, standardCloseCodes } from './meanings.ts'
export type { Note, NoteVersion } from './note.ts'
export type { Digest, Language, Preferences, Quiet } from './notice.ts'
export type { Reply, ReplyScope } from './reply.ts'
export type { Participant, ProducerInfo, Quality, Source } from './room.ts'
export type { Position, Role } from './schema.ts'
export type { SearchHit } from './search.ts'
export type { Presence, PresenceState, RecoveredStream, StreamPosition } from './session.ts'
export { isWorkshopRoom, mostSeats, type Workshop, type WorkshopPlace } from './workshop.ts'
export type { Delivery }
