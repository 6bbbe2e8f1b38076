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
}

export interface Event<D extends TSchema = TSchema> {
  readonly kind: 'event'
  readonly summary: string
  readonly data: D
  /** Durable events carry `stream` and `position`; the others are lost when nobody is connected. */
  readonly durable: boolean
}

export const method = <P extends TSchema, R extends TSchema>(
  definition: Omit<Method<P, R>, 'kind' | 'errors'> & { readonly errors?: readonly ErrorCode[] },
): Method<P, R> => ({ kind: 'method', errors: [], ...definition })

export const event = <D extends TSchema>(
  definition: Omit<Event<D>, 'kind' | 'durable'> & { readonly durable?: boolean },
): Event<D> => ({ kind: 'event', durable: false, ...definition })

export type Methods = Record<string, Method>
export type Events = Record<string, Event>

export type Params<M extends Method> = Static<M['params']>
export type Result<M extends Method> = Static<M['result']>
export type Data<E extends Event> = Static<E['data']>
