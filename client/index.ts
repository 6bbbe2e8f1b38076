/** Visavis for browsers and Node: chat, callbacks and webcam rooms over one connection that heals by itself. */
export { errors, VisavisError } from '../src/protocol/errors.ts'
export type {
  Callback,
  ChannelSummary,
  DataOf,
  ErrorCode,
  EventName,
  Message,
  MethodName,
  Offer,
  ParamsOf,
  Participant,
  Position,
  Presence as PersonPresence,
  PresenceState,
  RecoveredStream,
  ResultOf,
  Role,
  SearchHit,
  Source,
} from '../src/protocol/index.ts'
export type { CallbackRequest, Callbacks, Outcome } from './callbacks.ts'
export { type Capture, openCamera } from './camera.ts'
export type { Channel } from './channel.ts'
export type { Unsent } from './channel-log.ts'
export type { Chat } from './chat.ts'
export type { ConnectOptions, Place, Session } from './connection.ts'
export { developmentToken } from './development.ts'
export type { Enrolment } from './enrolment.ts'
export { makeKey } from './key.ts'
export type { ConnectionState } from './lifecycle.ts'
export type { Presence } from './presence.ts'
export type { CallOptions } from './requests.ts'
export type { JoinOptions, Room, RoomState } from './room.ts'
export type { Remote } from './room-media.ts'
export type { Rooms } from './rooms.ts'
export type { Search, SearchOptions, SearchPage } from './search.ts'
export { connect, type Visavis } from './visavis.ts'
