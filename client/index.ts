/** Visavis for browsers and Node: chat, callbacks and webcam rooms over one connection that heals by itself. */
export { errors, VisavisError } from '../src/protocol/errors.ts'
export type {
  AdvisorState,
  AnswerDue,
  Attachment,
  Attempt,
  AttemptOutcome,
  Board,
  Call,
  Callback,
  CallbackState,
  CallbackStep,
  ChannelSummary,
  DataOf,
  Desk,
  DeskState,
  ErrorCode,
  EventName,
  Message,
  MethodName,
  Note,
  NoteVersion,
  Offer,
  OwnVisit,
  ParamsOf,
  Participant,
  Position,
  Presence as PersonPresence,
  PresenceState,
  RecoveredStream,
  Reply,
  ReplyScope,
  ResultOf,
  Role,
  SearchHit,
  Source,
  Visit,
  Window,
} from '../src/protocol/index.ts'
export type { Answers } from './answers.ts'
export type { Attachments, UploadOptions } from './attachments.ts'
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
export { type Capture, openCamera } from './camera.ts'
export type { Channel, Extras, Member } from './channel.ts'
export type { Unsent } from './channel-log.ts'
export type { Chat } from './chat.ts'
export { answerBy } from './chat-overview.ts'
export type { ConnectOptions, Place, Session } from './connection.ts'
export { developmentToken } from './development.ts'
export type { Colleague, Enrolment, Transfer, Transferred } from './enrolment.ts'
export { makeKey } from './key.ts'
export type { ConnectionState } from './lifecycle.ts'
export type { Invitation, InvitationOptions, Lobby, Wait } from './lobby.ts'
export type { NoteBook } from './note-book.ts'
export type { Notes } from './notes.ts'
export type { NoticeChoice, NoticePreferences, Notices } from './notices.ts'
export type { Presence } from './presence.ts'
export type { RegionOfReplies, Replies, ReplyDraft } from './replies.ts'
export { type FilledReply, fill, placesOf, type ReplyPlace, type ReplyValues } from './reply-text.ts'
export type { CallOptions } from './requests.ts'
export type { JoinOptions, Room, RoomState } from './room.ts'
export type { Remote } from './room-media.ts'
export type { Rooms } from './rooms.ts'
export { connect, type Visavis } from './visavis.ts'
