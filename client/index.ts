/** Visavis for browsers and Node: chat, callbacks and webcam rooms over one connection that heals by itself. */
export { errors, VisavisError } from '../src/protocol/errors.ts'
export type {
  AdvisorFigures,
  AdvisorState,
  AnswerDue,
  Appointment,
  AppointmentEntry,
  Attachment,
  Attempt,
  AttemptCause,
  AttemptOutcome,
  AttendanceContent,
  AttendanceEntry,
  AttendanceRecord,
  AttendanceState,
  Board,
  Call,
  Callback,
  CallbackState,
  CallbackStep,
  ChannelSummary,
  CheckReport,
  DataOf,
  Desk,
  DeskState,
  ErrorCode,
  EventName,
  Fact,
  FloorView,
  Head,
  Hours,
  Message,
  MethodName,
  Modality,
  Note,
  NoteVersion,
  Offer,
  OwnHours,
  OwnVisit,
  ParamsOf,
  Participant,
  Party,
  Position,
  Presence as PersonPresence,
  PresenceState,
  Quality,
  Reason,
  RecoveredStream,
  Reply,
  ReplyScope,
  ResultOf,
  Role,
  SearchHit,
  Source,
  TeamFigures,
  TeamMode,
  Verdict,
  Visit,
  Window,
  Workshop,
  WorkshopPlace,
} from '../src/protocol/index.ts'
export { problemWords } from '../src/protocol/problem-words.ts'
export { goesOn, joined, lateMs, proposedOf } from '../src/protocol/record-reading.ts'
export type { Answers } from './answers.ts'
export type {
  AppointmentDraft,
  AppointmentMove,
  Appointments,
  CurrentAppointment,
  Slots,
  SlotsQuestion,
} from './appointments.ts'
export type { Attachments, UploadOptions } from './attachments.ts'
export type { Attendance, Confirmation, RecordsToConfirm, WholeRecord } from './attendance.ts'
export type { CallbackBoard } from './callback-board.ts'
export type {
  AttemptReport,
  CallbackOptions,
  CallbackPlace,
  CallbackRequest,
  Callbacks,
  Outcome,
  Rescheduling,
} from './callbacks.ts'
export { type CameraOptions, type Capture, type DeviceIds, openCamera } from './camera.ts'
export type { Channel, Extras, Member } from './channel.ts'
export type { Unsent } from './channel-log.ts'
export type { Chat } from './chat.ts'
export { answerBy, seenUpTo } from './chat-overview.ts'
export {
  type Advice,
  type CheckNetwork,
  type CheckOutcome,
  type CheckProgress,
  type Checks,
  type DeviceState,
  type Judged,
  judge,
  type Measured,
  type NetworkMeasured,
  type PathName,
  type PathState,
  type SpeakerState,
} from './checks.ts'
export type { ConnectOptions, Place, Session } from './connection.ts'
export type { Continuity, Rung } from './continuity.ts'
export { developmentToken } from './development.ts'
export type { Colleague, Enrolment, Transfer, Transferred } from './enrolment.ts'
export { makeKey } from './key.ts'
export type { ConnectionState } from './lifecycle.ts'
export type { Invitation, InvitationOptions, Lobby, Wait } from './lobby.ts'
export { audibleLevel, listenTo, type MicrophoneLevel } from './microphone-level.ts'
export type { NoteBook } from './note-book.ts'
export type { Notes } from './notes.ts'
export type { NoticeChoice, NoticePreferences, Notices } from './notices.ts'
export type { Presence } from './presence.ts'
export type { HeadsChecked } from './record-check.ts'
export type { RegionOfReplies, Replies, ReplyDraft } from './replies.ts'
export { type FilledReply, fill, placesOf, type ReplyPlace, type ReplyValues } from './reply-text.ts'
export type { CallOptions } from './requests.ts'
export type { JoinOptions, Room, RoomState } from './room.ts'
export type { Remote } from './room-media.ts'
export type { Rooms } from './rooms.ts'
export type { DeviceStorage } from './storage.ts'
export { playTestSound } from './test-sound.ts'
export { connect, type Visavis } from './visavis.ts'
export type { WorkshopRoom } from './workshop-room.ts'
export type { WorkshopDraft, WorkshopMove, Workshops } from './workshops.ts'
