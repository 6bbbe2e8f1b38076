/** What a handler is: one method of the protocol table, for one open session. */
import type { Identity } from '../auth/identity.ts'
import type { Conversation } from '../enrolment/enrolment.ts'
import type { DataOf, EventName, MethodName, ParamsOf, ResultOf } from '../protocol/index.ts'

/** What a handler may know of and do to the session that calls it. */
export interface Caller {
  /** The id of the session, unique on all nodes. */
  readonly id: string
  readonly identity: Identity
  /** Of this connection alone; the session's is `id`. */
  readonly connection: string
  /** IP address of the client. */
  readonly address: string
  /** When their token expires (ms since the epoch). */
  readonly expiresAt: number
  /** Of a connection that was opened with a ticket: the one room it is for. */
  readonly onlyRoom: string | undefined
  /** Whether it is a session for the check of devices and network alone. */
  readonly onlyCheck: boolean
  /** Whether the connection is gone: what is made for it now would never be cleaned up. */
  readonly closed: boolean
  /** The conversations this person takes part in at this moment, by jobseeker. */
  readonly conversations: ReadonlyMap<string, Conversation>
  /** Whose presence matters to them: of a jobseeker, their advisor and who stands in. */
  readonly counterparts: readonly string[]
  /** @throws VisavisError FORBIDDEN, also for somebody who does not exist, so that ids cannot be probed. */
  requireConversation(jobseeker: string): Conversation
  /** The same for the notes about a jobseeker. @throws VisavisError FORBIDDEN. */
  requireNotes(jobseeker: string): void
  /** Whether they may see the notes about a jobseeker. */
  keepsNotes(jobseeker: string): boolean
  /** Asks for a sign of life now; without one within a heartbeat the connection is closed. */
  probe(): void
  /** Tells this session alone. */
  notify<E extends EventName>(event: E, data: DataOf<E>): void
}

/** `session.open` makes the session, so it is not handled by one. */
export type HandledMethod = Exclude<MethodName, 'session.open'>

/** All handlers of the methods `M`: a missing one, or a wrong result, is a compile error. */
export type Handlers<M extends HandledMethod = HandledMethod> = {
  readonly [K in M]: (caller: Caller, params: ParamsOf<K>) => Promise<ResultOf<K>>
}

type DomainOf<M extends string> = M extends `${infer D}.${string}` ? D : never
/** The methods of one domain: `MethodsOf<'chat'>`. */
export type MethodsOf<D extends DomainOf<HandledMethod>> = Extract<HandledMethod, `${D}.${string}`>
