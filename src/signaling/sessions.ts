/** The open sessions of this node: who is here, what reaches them, and what ends their access. */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { mayOnlyCheck, mayTakePart } from '../auth/grants.ts'
import type { Identity } from '../auth/identity.ts'
import type { Tokens } from '../auth/tokens.ts'
import { type Conversations, concerns, type Enrolment, type EnrolmentFact } from '../enrolment/enrolment.ts'
import { isTicket } from '../nodes/ticket.ts'
import type { Tickets } from '../nodes/tickets.ts'
import type { Presence } from '../presence/presence.ts'
import {
  type CloseReason,
  type ParamsOf,
  protocolVersion,
  type RecoveredStream,
  type ResultOf,
  type StreamPosition,
  VisavisError,
} from '../protocol/index.ts'
import type { Connection } from './connection.ts'
import { type Fanout, presenceTopic } from './fanout.ts'
import { Groups } from './groups.ts'
import { Lanes } from './lanes.ts'
import type { Admission } from './rate-limit.ts'
import type { Recovery } from './recovery.ts'
import { Session } from './session.ts'

export interface SessionsOptions {
  readonly tokens: Tokens
  readonly enrolment: Enrolment
  readonly presence: Presence
  /** Of nodes that share rooms; absent on one that is alone. */
  readonly tickets?: Pick<Tickets, 'verify'> | undefined
  readonly recovery: Recovery
  readonly fanout: Fanout
  readonly admission: Admission
  readonly maxFrameBytes: number
  readonly heartbeatMs: number
  readonly log: Logger
  /** An advisor's first session opened, or their last one closed, on this node. */
  readonly onAdvisorHere: (advisor: Identity, here: boolean) => void
  /** A session may no longer be in the room of this jobseeker. */
  readonly onAccessEnded: (session: string, jobseeker: string) => void
}

/** What is known of an advisor who is here. */
export interface AdvisorHere {
  readonly region: string
  readonly advisor: string
  readonly name: string
  readonly team: string | undefined
  /** For whom they stand in at the moment. */
  readonly covers: readonly string[]
}

/** A session was taken up while this connection to this node still held it. */
export interface Taken {
  readonly session: string
  readonly node: string
  readonly connection: string
}

interface Entry {
  readonly identity: Identity
  readonly expiresAt: number
  readonly resume: ParamsOf<'session.open'>['resume'] | undefined
  /** The session they have on another node, and the room they come for. */
  readonly ticket: { readonly session: string; readonly room: string } | undefined
  readonly onlyCheck: boolean
}

/**
 * Sessions that are being opened at a time. When everybody comes back at once, more would not be ready sooner, and what
 * each of them holds meanwhile would cost the node more in collecting garbage than opening them does.
 */
const openedAtOnce = 256
/** What a client says with code 1000 when the person leaves: there is no return to wait for. */
const normalClosure = 1000
/** What a connection that was lost reports: the session waits for a return. */
const abnormalClosure = 1006

export class Sessions {
  readonly #options: SessionsOptions
  readonly #open = new Map<Connection, Session>()
  readonly #bySession = new Map<string, Connection>()
  readonly #byPerson = new Groups<Connection>()
  /** By session: connections for one thing alone, as for a room of people whose own connection is to another node. */
  readonly #narrow = new Groups<Connection>()
  /** By everybody whose changes may change what the session takes part in. */
  readonly #byRelated = new Groups<Connection>()
  /** The newest question for what a session takes part in: an older answer may tell of what has been taken away since. */
  readonly #reloads = new WeakMap<Connection, object>()
  /** Being opened: what changes meanwhile is looked at again. */
  readonly #pending = new Map<Connection, { readonly identity: Identity; stale: boolean }>()

  readonly #entering = new Lanes(openedAtOnce)
  /** No session has a change by the clock before this. */
  #changeAt = Number.POSITIVE_INFINITY

  constructor(options: SessionsOptions) {
    this.#options = options
  }

  /** Advisors with at least one open session on this node. */
  *advisors(): Iterable<AdvisorHere> {
    for (const connection of this.#byPerson.firsts()) {
      const advisor = this.#advisorAt(connection)
      if (advisor !== undefined) yield advisor
    }
  }

  /** One of them. */
  advisor(person: string): AdvisorHere | undefined {
    const [connection] = this.#byPerson.of(person)
    return connection === undefined ? undefined : this.#advisorAt(connection)
  }

  #advisorAt(connection: Connection): AdvisorHere | undefined {
    const session = this.#open.get(connection)
    if (session === undefined || session.identity.role !== 'advisor') return undefined
    const { person, region, name } = session.identity
    return { region, advisor: person, name, team: session.team, covers: session.covered(Date.now()) }
  }

  /** The teams whose supervisors are here, and regions without a team. */
  *boards(): Iterable<{ region: string; team: string | undefined }> {
    for (const { identity, team } of this.#open.values())
      if (identity.role === 'supervisor') yield { region: identity.region, team }
  }

  /**
   * Authenticates a connection, takes its session up or begins one, subscribes it to everything the person takes part in,
   * and then reads what it has missed. In this order nothing falls between the answer and the events after it.
   * @throws VisavisError UNAUTHENTICATED, UNSUPPORTED, UNAVAILABLE, RATE_LIMITED.
   */
  async open(connection: Connection, { token, versions, resume, only }: ParamsOf<'session.open'>) {
    if (!versions.includes(protocolVersion)) {
      throw new VisavisError('UNSUPPORTED', `this node speaks protocol version ${protocolVersion}`, {
        details: { versions: [protocolVersion] },
      })
    }
    // First: whoever has no token must not take the places of those who arrive.
    const { identity, expiresAt, ticket } = await this.#verify(token)
    const arrival = this.#options.admission.ask(performance.now())
    if ('comeBackMs' in arrival) {
      throw new VisavisError('UNAVAILABLE', 'many are arriving at this node; come back in a moment', {
        details: { limit: 'arrivals' },
        retryAfterMs: arrival.comeBackMs,
      })
    }
    if (arrival.holdMs > 0) await delay(arrival.holdMs)
    const pending = { identity, stale: false }
    this.#pending.set(connection, pending)
    try {
      return await this.#entering.run(() =>
        this.#enter(connection, { identity, expiresAt, resume, ticket, onlyCheck: only === 'check' }),
      )
    } finally {
      this.#pending.delete(connection)
      if (pending.stale && this.#open.has(connection)) this.#reload(connection)
    }
  }

  async #verify(token: string) {
    if (!isTicket(token)) return { ...(await this.#options.tokens.verify(token)), ticket: undefined }
    const ticket = await this.#options.tickets?.verify(token, Date.now())
    if (ticket === undefined) throw new VisavisError('UNAUTHENTICATED', 'the ticket is not valid here')
    return { identity: ticket.identity, expiresAt: ticket.sessionUntil, ticket }
  }

  async #enter(connection: Connection, { identity, expiresAt, resume, ticket, onlyCheck }: Entry) {
    if (connection.closed) throw new VisavisError('GONE', 'the connection is closed')
    const { enrolment, presence, recovery, maxFrameBytes, heartbeatMs } = this.#options
    const view = await enrolment.conversations(identity, Date.now())
    if (!mayTakePart(identity, view.self) && !(onlyCheck && mayOnlyCheck(identity, view.self))) {
      // Whoever has left, or has yet to join, is who they say: signing in again would change nothing.
      if (mayOnlyCheck(identity, view.self))
        throw new VisavisError('FORBIDDEN', `${identity.person} takes no part at the moment`)
      throw new VisavisError('UNAUTHENTICATED', `${identity.person} is not enrolled as ${identity.role}`)
    }
    const known = { version: protocolVersion, identity, now: Date.now(), expiresAt, maxFrameBytes, heartbeatMs }
    if (ticket !== undefined || onlyCheck) {
      const narrow = ticket === undefined ? { onlyCheck } : { onlyRoom: ticket.room }
      const session = new Session({ id: ticket?.session ?? randomUUID(), identity, expiresAt, view, ...narrow })
      this.#add(connection, session)
      return { session, result: { ...known, session: session.id, resumed: false, streams: [], presence: [] } }
    }
    const attached = await presence.attach(identity, connection.connection, resume?.session)
    const session = new Session({ id: attached.session, identity, expiresAt, view })
    if (connection.closed) {
      this.#detach(connection, session, false)
      throw new VisavisError('GONE', 'the connection is closed')
    }
    // A connection that lingers half open is not a second device.
    this.#bySession.get(session.id)?.close('REPLACED')
    this.#add(connection, session)
    connection.hold()
    const [streams, shown] = await Promise.all([
      resume === undefined ? [] : recovery.recover(identity, view.conversations, resume.streams),
      presence.of(identity.region, view.counterparts),
    ]).catch((error: unknown) => {
      // The client was not told of it, and may ask for a session again on the same connection.
      this.remove(connection, undefined, abnormalClosure)
      throw error
    })
    const result: ResultOf<'session.open'> = {
      ...known,
      session: session.id,
      resumed: attached.resumed,
      now: Date.now(),
      streams: heardBy(session, streams),
      presence: shown,
    }
    return { session, result }
  }

  /** The connection is gone. Harmless for one that was never open. */
  remove(connection: Connection, reason: CloseReason | undefined, code: number): void {
    const session = this.#open.get(connection)
    if (session === undefined) return
    const { identity, id, topics } = session
    this.#open.delete(connection)
    this.#relate(connection, session.related, [])
    if (session.isNarrow) {
      this.#narrow.delete(id, connection)
      return
    }
    if (this.#bySession.get(id) === connection) this.#bySession.delete(id)
    for (const topic of topics) this.#options.fanout.unsubscribe(connection, topic)
    const last = this.#byPerson.delete(identity.person, connection)
    if (last && identity.role === 'advisor') this.#options.onAdvisorHere(identity, false)
    const ended = (reason === undefined && code === normalClosure) || reason === 'REMOVED'
    if (reason !== 'REPLACED') this.#detach(connection, session, ended)
  }

  /** Asks again for streams in which the client found a gap. */
  async recover(session: Session, streams: readonly StreamPosition[]): Promise<RecoveredStream[]> {
    const { identity, conversations } = session
    const found = await this.#options.recovery.recover(identity, conversations.values(), streams, { only: true })
    return heardBy(session, found)
  }

  /** @throws VisavisError UNAUTHENTICATED; FORBIDDEN for a token of somebody else. */
  async refresh(connection: Connection, token: string): Promise<{ expiresAt: number }> {
    const { session } = connection
    const { identity, expiresAt } = await this.#options.tokens.verify(token)
    const { person, role, region } = session.identity
    if (identity.person !== person || identity.role !== role || identity.region !== region) {
      throw new VisavisError('FORBIDDEN', 'the token is not of the person, role and region of this session')
    }
    session.expiresAt = expiresAt
    connection.refreshed()
    return { expiresAt }
  }

  async setAway({ identity, id }: Session, away: boolean): Promise<void> {
    await this.#options.presence.setAway(identity, id, away)
  }

  /** Who follows whom has changed: a new advisor begins to receive, the former one stops at once. */
  enrolmentChanged(fact: EnrolmentFact): void {
    for (const pending of this.#pending.values()) pending.stale ||= concerns(fact, pending.identity)
    for (const connection of this.#concerned(fact)) {
      const session = this.#open.get(connection)
      if (session === undefined || !concerns(fact, session.identity, session.related)) continue
      if (fact.type === 'personChanged') {
        const { id, disabled, leftAt, awaiting } = fact.person
        const out = disabled || leftAt !== undefined || awaiting === true
        if (out && id === session.identity.person) {
          if (!session.onlyCheck || disabled) connection.close('REMOVED')
          continue
        }
        // Before the rest is read again: what is said from now on is not theirs any more.
        const goes = fact.before?.advisor === session.identity.person && fact.person.advisor !== session.identity.person
        if (id !== session.identity.person && (out || goes)) this.#withdraw(connection, session, id)
      }
      this.#reload(connection)
    }
  }

  /** Somebody may be here no longer. */
  sendAway(person: string): void {
    for (const [connection, { identity }] of this.#open) if (identity.person === person) connection.close('REMOVED')
  }

  /** The region of a session that has a connection here. */
  regionOf(session: string): string | undefined {
    const [connection] = [...this.#narrow.of(session), this.#bySession.get(session)]
    return connection === undefined ? undefined : this.#open.get(connection)?.identity.region
  }

  /** Another node has taken a session up, which may have come back to this one before the news of it. */
  taken({ session, node, connection }: Taken): void {
    if (node !== this.#options.presence.node) return
    const here = this.#bySession.get(session)
    if (here?.connection === connection) here.close('REPLACED')
  }

  /** What is due by the clock: a cover that begins or ends. */
  tick(clock: number): void {
    // Called several times a second, when nearly always nothing is due.
    if (clock < this.#changeAt) return
    this.#changeAt = Number.POSITIVE_INFINITY
    for (const [connection, session] of this.#open) {
      // Until it has been read again it is looked at with every call.
      this.#expect(session.changesAt)
      if (clock >= session.changesAt) this.#reload(connection)
    }
  }

  #expect(changesAt: number): void {
    this.#changeAt = Math.min(this.#changeAt, changesAt)
  }

  /** The sessions that may be concerned: an import of many people must not look at all sessions for each of them. */
  #concerned(fact: EnrolmentFact): Set<Connection> {
    const people =
      fact.type === 'personChanged'
        ? [fact.person.id, fact.person.advisor, fact.before?.advisor]
        : fact.type === 'coverChanged'
          ? [fact.cover.advisor, fact.cover.cover]
          : []
    return new Set(people.flatMap((person) => [...this.#byRelated.of(person ?? '')]))
  }

  #relate(connection: Connection, before: readonly string[], after: readonly string[]): void {
    for (const person of before) this.#byRelated.delete(person, connection)
    for (const person of after) this.#byRelated.add(person, connection)
  }

  #add(connection: Connection, session: Session): void {
    const { identity, id, topics } = session
    this.#open.set(connection, session)
    this.#relate(connection, [], session.related)
    this.#expect(session.changesAt)
    if (session.isNarrow) {
      this.#narrow.add(id, connection)
      return
    }
    this.#bySession.set(id, connection)
    for (const topic of topics) this.#options.fanout.subscribe(connection, topic)
    const first = this.#byPerson.add(identity.person, connection)
    if (first && identity.role === 'advisor') this.#options.onAdvisorHere(identity, true)
  }

  /** Reads what the person takes part in once more, until what was read is what holds. */
  #reload(connection: Connection): void {
    const session = this.#open.get(connection)
    if (session === undefined) return
    const { enrolment, log } = this.#options
    // What is told of the change must find the access changed.
    connection.hold()
    const reload = {}
    this.#reloads.set(connection, reload)
    // Whoever was given too much must not keep it because storage is away: the connection is made anew.
    enrolment
      .conversations(session.identity, Date.now())
      .then(async (view) => {
        if (this.#reloads.get(connection) !== reload || this.#open.get(connection) !== session) return
        const newcomers = this.#apply(connection, session, view)
        for (const shown of await this.#options.presence.of(session.identity.region, newcomers))
          connection.notifyFirst(presenceTopic(shown.person), 'presence.changed', shown)
        // What is kept back for a later reload is not sent before it.
        if (this.#reloads.get(connection) === reload) connection.release()
      })
      .catch((err) => {
        log.warn({ err, session: session.id }, 'access could not be read again')
        connection.close('RESUME')
      })
  }

  /** @returns the people whose presence is followed from now on. */
  #apply(connection: Connection, session: Session, view: Conversations): string[] {
    const [before, related] = [session.conversations, session.related]
    const { added, removed } = session.update(view)
    for (const topic of added) this.#options.fanout.subscribe(connection, topic)
    for (const topic of removed) this.#options.fanout.unsubscribe(connection, topic)
    this.#relate(connection, related, session.related)
    this.#expect(session.changesAt)
    // Whoever came during a cover was not told when it would end.
    if (added.length + removed.length > 0) connection.notify('session.accessChanged', {})
    for (const jobseeker of before.keys())
      if (!session.conversations.has(jobseeker)) this.#options.onAccessEnded(session.id, jobseeker)
    return view.counterparts.filter((person) => added.includes(presenceTopic(person)))
  }

  #withdraw(connection: Connection, session: Session, jobseeker: string): void {
    const topics = session.withdraw(jobseeker)
    if (topics === undefined) return
    for (const topic of topics) this.#options.fanout.unsubscribe(connection, topic)
    this.#options.onAccessEnded(session.id, jobseeker)
  }

  #detach({ connection }: Connection, { identity, id }: Session, ended: boolean): void {
    // If it cannot be said now, the record says so when this node is given up, or the session is taken up again.
    this.#options.presence
      .detach(identity, { session: id, connection, ended })
      .catch((err) => this.#options.log.debug({ err, session: id }, 'the end of a connection could not be stored'))
  }
}

/** Access may have ended while the streams were read. */
const heardBy = (session: Session, streams: readonly RecoveredStream[]): RecoveredStream[] =>
  streams.filter(({ stream }) => session.mayHear(stream, Date.now()))
