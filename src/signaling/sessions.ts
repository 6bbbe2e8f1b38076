/** The open sessions of this node: who is here, and which topics reach them. */
import type { Identity } from '../auth/identity.ts'
import type { Tokens } from '../auth/tokens.ts'
import type { Enrolment, Person } from '../enrolment/enrolment.ts'
import { type ParamsOf, protocolVersion, type ResultOf, VisavisError } from '../protocol/index.ts'
import type { Connection } from './connection.ts'
import { channelTopic, type Fanout, personTopic, type Topic } from './fanout.ts'

export interface SessionsOptions {
  readonly tokens: Tokens
  readonly enrolment: Enrolment
  readonly fanout: Fanout
  readonly maxFrameBytes: number
  /** An advisor's first session opened, or their last one closed, on this node. */
  readonly onAdvisorHere: (advisor: Identity, here: boolean) => void
}

export class Sessions {
  readonly #options: SessionsOptions
  readonly #byPerson = new Map<string, Map<Connection, Set<Topic>>>()
  readonly #personOf = new Map<Connection, string>()
  readonly #advisors = new Map<string, Identity>()

  constructor(options: SessionsOptions) {
    this.#options = options
  }

  /** Advisors with at least one open session on this node. */
  advisors(): Iterable<{ region: string; advisor: string }> {
    return [...this.#advisors.values()].map(({ region, person }) => ({ region, advisor: person }))
  }

  /**
   * Authenticates a connection and subscribes it to everything the person takes part in. Subscribing comes before the
   * answer, so a snapshot asked for afterwards has no gap to the events.
   * @throws VisavisError UNAUTHENTICATED, UNSUPPORTED, UNAVAILABLE.
   */
  async open(connection: Connection, { token, versions }: ParamsOf<'session.open'>) {
    if (!versions.includes(protocolVersion)) {
      throw new VisavisError('UNSUPPORTED', `this node speaks protocol version ${protocolVersion}`, {
        details: { versions: [protocolVersion] },
      })
    }
    const { identity, expiresAt } = await this.#options.tokens.verify(token)
    const topics = await this.#topicsOf(identity)
    if (connection.closed) throw new VisavisError('GONE', 'the connection is closed')
    this.#add(connection, identity, topics)
    const result: ResultOf<'session.open'> = {
      session: connection.id,
      version: protocolVersion,
      identity,
      now: Date.now(),
      expiresAt,
      maxFrameBytes: this.#options.maxFrameBytes,
    }
    return { identity, expiresAt, result }
  }

  /** Forgets a connection that is gone. Harmless for one that was never open. */
  remove(connection: Connection): void {
    const person = this.#personOf.get(connection)
    if (person === undefined) return
    this.#personOf.delete(connection)
    const connections = this.#byPerson.get(person)
    for (const topic of connections?.get(connection) ?? []) this.#options.fanout.unsubscribe(connection, topic)
    connections?.delete(connection)
    if (connections !== undefined && connections.size > 0) return
    this.#byPerson.delete(person)
    const advisor = this.#advisors.get(person)
    if (advisor === undefined) return
    this.#advisors.delete(person)
    this.#options.onAdvisorHere(advisor, false)
  }

  /** Follows a change of who follows whom: a new advisor begins to receive, the former one stops at once. */
  personChanged({ id, advisor, disabled, role }: Person, before: Person | undefined): void {
    if (disabled) {
      for (const connection of [...(this.#byPerson.get(id)?.keys() ?? [])]) connection.close('REMOVED')
    }
    if (role !== 'jobseeker') return
    const formerAdvisor = before?.advisor
    const topic = channelTopic(id)
    const follows = !disabled && advisor !== undefined
    for (const [connection, topics] of this.#byPerson.get(formerAdvisor ?? '') ?? []) {
      if (follows && formerAdvisor === advisor) continue
      this.#options.fanout.unsubscribe(connection, topic)
      topics.delete(topic)
    }
    if (!follows) return
    for (const [connection, topics] of this.#byPerson.get(advisor) ?? []) {
      this.#options.fanout.subscribe(connection, topic)
      topics.add(topic)
    }
  }

  async #topicsOf(identity: Identity): Promise<Set<Topic>> {
    const { enrolment } = this.#options
    const topics = new Set<Topic>([personTopic(identity.person)])
    if (identity.role === 'jobseeker' || identity.role === 'advisor') {
      const person = await enrolment.person(identity.region, identity.person)
      if (person === undefined || person.disabled || person.role !== identity.role) {
        throw new VisavisError('UNAUTHENTICATED', `${identity.person} is not enrolled as ${identity.role}`)
      }
    }
    if (identity.role === 'jobseeker') topics.add(channelTopic(identity.person))
    if (identity.role === 'advisor') {
      for (const { id } of await enrolment.portfolio(identity.region, identity.person)) topics.add(channelTopic(id))
    }
    return topics
  }

  #add(connection: Connection, identity: Identity, topics: Set<Topic>): void {
    const connections = this.#byPerson.get(identity.person) ?? new Map<Connection, Set<Topic>>()
    this.#byPerson.set(identity.person, connections)
    connections.set(connection, topics)
    this.#personOf.set(connection, identity.person)
    for (const topic of topics) this.#options.fanout.subscribe(connection, topic)
    if (identity.role !== 'advisor' || this.#advisors.has(identity.person)) return
    this.#advisors.set(identity.person, identity)
    this.#options.onAdvisorHere(identity, true)
  }
}
