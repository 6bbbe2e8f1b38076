/** The whole protocol: one table of methods, one of events. */
import { callbackEvents, callbackMethods } from './callback.ts'
import { chatEvents, chatMethods } from './chat.ts'
import type { Data, Delivery, Params, Result } from './define.ts'
import { enrolmentEvents, enrolmentMethods } from './enrolment.ts'
import { roomEvents, roomMethods } from './room.ts'
import { searchMethods } from './search.ts'
import { sessionEvents, sessionMethods } from './session.ts'

export const methods = {
  ...sessionMethods,
  ...enrolmentMethods,
  ...chatMethods,
  ...searchMethods,
  ...callbackMethods,
  ...roomMethods,
}

export const events = {
  ...sessionEvents,
  ...enrolmentEvents,
  ...chatEvents,
  ...callbackEvents,
  ...roomEvents,
}

export type MethodName = keyof typeof methods
export type EventName = keyof typeof events
export type ParamsOf<M extends MethodName> = Params<(typeof methods)[M]>
export type ResultOf<M extends MethodName> = Result<(typeof methods)[M]>
export type DataOf<E extends EventName> = Data<(typeof events)[E]>

export type { Callback, CallbackState, Offer } from './callback.ts'
export type { ChannelSummary, Message } from './chat.ts'
export * from './errors.ts'
export {
  type EventFrame,
  protocolVersion,
  Request,
  type Response,
  type ServerFrame,
  subprotocol,
  type WireError,
} from './frames.ts'
export type { Participant, ProducerInfo, Source } from './room.ts'
export type { Position, Role } from './schema.ts'
export type { SearchHit } from './search.ts'
export type { Presence, PresenceState, RecoveredStream, StreamPosition } from './session.ts'
export type { Delivery }
