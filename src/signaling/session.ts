/** What one open session may see, kept right while it is open. */
import type { Identity } from '../auth/identity.ts'
import type { Conversation, Conversations } from '../enrolment/enrolment.ts'
import { VisavisError } from '../protocol/index.ts'
import { teamTopic } from '../store/events.ts'
import { channelTopic, personTopic, presenceTopic, type Topic } from './fanout.ts'

export interface SessionOptions {
  readonly id: string
  readonly identity: Identity
  readonly expiresAt: number
  readonly view: Conversations
}

export class Session {
  readonly id: string
  readonly identity: Identity
  /** When its token expires (ms since the epoch). */
  expiresAt: number
  #conversations: ReadonlyMap<string, Conversation>
  #topics: ReadonlySet<Topic>
  #changesAt: number
  #related: readonly string[]

  constructor({ id, identity, expiresAt, view }: SessionOptions) {
    this.id = id
    this.identity = identity
    this.expiresAt = expiresAt
    this.#conversations = byJobseeker(view)
    this.#topics = topicsOf(identity, view)
    this.#changesAt = view.changesAt ?? Number.POSITIVE_INFINITY
    this.#related = view.related
  }

  get conversations(): ReadonlyMap<string, Conversation> {
    return this.#conversations
  }

  /** Everything this session is told. */
  get topics(): ReadonlySet<Topic> {
    return this.#topics
  }

  /** When `view` must be asked for again because a cover begins or ends (ms since the epoch). */
  get changesAt(): number {
    return this.#changesAt
  }

  /** Whose changes may change `conversations`. */
  get related(): readonly string[] {
    return this.#related
  }

  /** @throws VisavisError FORBIDDEN. */
  requireConversation(jobseeker: string, now: number): Conversation {
    const conversation = this.#conversations.get(jobseeker)
    if (conversation !== undefined && now < (conversation.coverUntil ?? Number.POSITIVE_INFINITY)) return conversation
    throw new VisavisError('FORBIDDEN', `this ${this.identity.role} takes no part in that conversation`)
  }

  /** Who follows whom has changed. @returns the topics that were added and removed. */
  update(view: Conversations): { added: Topic[]; removed: Topic[] } {
    const before = this.#topics
    const after = topicsOf(this.identity, view)
    this.#conversations = byJobseeker(view)
    this.#topics = after
    this.#changesAt = view.changesAt ?? Number.POSITIVE_INFINITY
    this.#related = view.related
    return {
      added: [...after].filter((topic) => !before.has(topic)),
      removed: [...before].filter((topic) => !after.has(topic)),
    }
  }

  /** Takes one conversation away at once, before the rest of a change is known. @returns whether it was there. */
  withdraw(jobseeker: string): boolean {
    if (!this.#conversations.has(jobseeker)) return false
    const conversations = new Map(this.#conversations)
    conversations.delete(jobseeker)
    const topics = new Set(this.#topics)
    topics.delete(channelTopic(jobseeker))
    this.#conversations = conversations
    this.#topics = topics
    return true
  }
}

const byJobseeker = ({ conversations }: Conversations): ReadonlyMap<string, Conversation> =>
  new Map(conversations.map((conversation) => [conversation.jobseeker.id, conversation]))

const topicsOf = (
  { person, region }: Identity,
  { conversations, counterparts, team }: Conversations,
): ReadonlySet<Topic> =>
  new Set([
    personTopic(person),
    ...conversations.map(({ jobseeker }) => channelTopic(jobseeker.id)),
    ...counterparts.map(presenceTopic),
    ...(team === undefined ? [] : [teamTopic(region, team)]),
  ])
