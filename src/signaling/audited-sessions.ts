/** The sessions of a node with a record of who came, from where, who was refused and why, and how each one ended. */
import type { Audit, Entry } from '../audit/audit.ts'
import type { Identity } from '../auth/identity.ts'
import { type CloseReason, type ParamsOf, VisavisError } from '../protocol/index.ts'
import { translateRedisError } from '../store/errors.ts'
import type { Connection } from './connection.ts'
import { Sessions, type SessionsOptions } from './sessions.ts'

export class AuditedSessions extends Sessions {
  readonly #options: SessionsOptions & { readonly audit: Audit }
  readonly #recorded = new Map<Connection, { readonly id: string; readonly identity: Identity }>()

  constructor(options: SessionsOptions & { readonly audit: Audit }) {
    super(options)
    this.#options = options
  }

  override async open(connection: Connection, params: ParamsOf<'session.open'>) {
    try {
      const opened = await super.open(connection, params)
      const { id, identity } = opened.session
      this.#record(connection, identity, id, { act: 'session.open', details: { resumed: opened.result.resumed } })
      // Gone meanwhile: its end has been told already.
      if (connection.closed) this.#record(connection, identity, id, { act: 'session.ended' })
      else this.#recorded.set(connection, { id, identity })
      return opened
    } catch (error) {
      await this.#refused(connection, params.token, error)
      throw error
    }
  }

  override remove(connection: Connection, reason: CloseReason | undefined, code: number): void {
    super.remove(connection, reason, code)
    const session = this.#recorded.get(connection)
    if (session === undefined) return
    this.#recorded.delete(connection)
    const details = reason === undefined ? { code } : { reason }
    this.#record(connection, session.identity, session.id, { act: 'session.ended', details })
  }

  async #refused(connection: Connection, token: string, error: unknown): Promise<void> {
    const refusal = translateRedisError(error)
    // UNAVAILABLE is no word about this person: many come at once, or storage is away.
    if (!(refusal instanceof VisavisError) || refusal.code === 'UNAVAILABLE') return
    // Who it was, if the token is good but the person may not come in.
    const identity = await this.#options.tokens.verify(token).then(
      (verified) => verified.identity,
      () => undefined,
    )
    this.#record(connection, identity, undefined, { act: 'session.open', outcome: refusal.code })
  }

  #record(
    { address }: Connection,
    identity: Identity | undefined,
    session: string | undefined,
    what: Pick<Entry, 'act' | 'details'> & { readonly outcome?: string },
  ): void {
    this.#options.audit.record(identity?.region, {
      at: Date.now(),
      actor: identity === undefined ? 'unknown' : { person: identity.person, role: identity.role },
      session,
      from: address,
      outcome: 'ok',
      ...what,
    })
  }
}
