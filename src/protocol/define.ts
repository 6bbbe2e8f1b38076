/** How a message is defined once. Validators, handler types, SDK types and docs/protocol.md all come from these. */
import type { TSchema } from 'typebox'
import type { ErrorCode } from './errors.ts'
import type { Role, Static } from './schema.ts'

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
  definition: Omit<Method<P, R>, 'kind' | 'errors' | 'cost'> & {
    readonly errors?: readonly ErrorCode[]
    readonly cost?: number
  },
): Method<P, R> => ({ kind: 'method', errors: [], cost: 1, ...definition })

export const event = <D extends TSchema>(
  definition: Omit<Event<D>, 'kind' | 'delivery'> & { readonly delivery?: Delivery },
): Event<D> => ({ kind: 'event', delivery: 'live', ...definition })

export type Methods = Record<string, Method>
export type Events = Record<string, Event>

export type Params<M extends Method> = Static<M['params']>
export type Result<M extends Method> = Static<M['result']>
export type Data<E extends Event> = Static<E['data']>
