/** How a message is defined once. Validators, handler types, SDK types and docs/protocol.md all come from these. */
import type { TSchema } from 'typebox'
import type { ErrorCode } from './errors.ts'
import type { Role, Static } from './schema.ts'

/** What an entry of the audit log can be about. */
export type SubjectKind =
  | 'person'
  | 'channel'
  | 'callback'
  | 'appointment'
  | 'workshop'
  | 'room'
  | 'cover'
  | 'note'
  | 'reply'
  | 'erasure'

/**
 * What the audit log keeps of a call (src/audit). Only ids, numbers, true or false and words of the protocol can be kept,
 * which a test proves from the schemas.
 */
export interface AuditMark {
  /** `acts`: every call, with what came of it. `refusals`: only calls that were FORBIDDEN. */
  readonly record: 'acts' | 'refusals'
  /** Whom or what it is about and which field says so; absent: nobody but the caller. */
  readonly subject?: { readonly kind: SubjectKind; readonly path: AuditPath }
  /** Further fields that are kept, under their last name. */
  readonly details?: readonly AuditPath[]
  /** The call is answered only when its entry is durable. */
  readonly awaited?: boolean
}
/** Where a field is: in what was asked, or in what was answered. */
export type AuditPath = `params.${string}` | `result.${string}`

export interface Method<P extends TSchema = TSchema, R extends TSchema = TSchema> {
  readonly kind: 'method'
  /** One or two sentences for docs/protocol.md. */
  readonly summary: string
  /** Who may call it at all; whether they may on *this* subject is decided by auth/grants.ts. */
  readonly roles: readonly Role[]
  readonly params: P
  readonly result: R
  /** Codes beyond the ones any method may answer (errors.ts, `anyMethod`). */
  readonly errors: readonly ErrorCode[]
  /** What one call takes from the session's budget of requests (settings VISAVIS_REQUEST_RATE and _BURST). */
  readonly cost: number
  /** Absent for what harms nobody; test/audit lists those with the reason. A FORBIDDEN call is recorded all the same. */
  readonly audit: AuditMark | undefined
}

/**
 * What becomes of an event for a client that does not read fast enough: `durable` ones are never dropped, and a client
 * that misses them knows by their number; `live` ones are never dropped either, but only who is connected gets them; of
 * `latest` ones with the same subject only the newest is kept.
 */
export type Delivery = 'durable' | 'live' | 'latest'

export interface Event<D extends TSchema = TSchema> {
  readonly kind: 'event'
  readonly summary: string
  readonly data: D
  /** Durable events carry `stream` and `position`. */
  readonly delivery: Delivery
}

export const method = <P extends TSchema, R extends TSchema>(
  definition: Omit<Method<P, R>, 'kind' | 'errors' | 'cost' | 'audit'> & {
    readonly errors?: readonly ErrorCode[]
    readonly cost?: number
    readonly audit?: AuditMark
  },
): Method<P, R> => ({ kind: 'method', errors: [], cost: 1, audit: undefined, ...definition })

export const event = <D extends TSchema>(
  definition: Omit<Event<D>, 'kind' | 'delivery'> & { readonly delivery?: Delivery },
): Event<D> => ({ kind: 'event', delivery: 'live', ...definition })

export type Methods = Record<string, Method>
export type Events = Record<string, Event>

export type Params<M extends Method> = Static<M['params']>
export type Result<M extends Method> = Static<M['result']>
export type Data<E extends Event> = Static<E['data']>
