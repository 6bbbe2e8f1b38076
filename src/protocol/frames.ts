/** The three frames of the protocol, each one JSON text frame on the WebSocket. */
import type { ErrorCode, ErrorDetails } from './errors.ts'
import { object, type Position, type Static, Text } from './schema.ts'
import { Type } from './type.ts'

/** `Sec-WebSocket-Protocol` of version 1. */
export const subprotocol = 'visavis.v1'
export const protocolVersion = 1

export const Request = object({
  /** Unique among the connection's requests in flight. */
  id: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  method: Text(64),
  params: Type.Unsafe<Record<string, unknown>>({ type: 'object' }),
})
export type Request = Static<typeof Request>

export interface WireError {
  code: ErrorCode
  message: string
  details: ErrorDetails
  retryable: boolean
  retryAfterMs?: number
}

export type Response = { id: number; result: unknown } | { id: number; error: WireError }

export interface EventFrame {
  event: string
  data: unknown
  /** Present on durable events: which stream, and where in it. */
  stream?: string
  position?: Position
}

export type ServerFrame = Response | EventFrame
