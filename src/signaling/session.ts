/** What one open session may see, kept right while it is open. */
import { may } from '../auth/grants.ts'
import type { Identity } from '../auth/identity.ts'
import type { Conversation, Conversations } from '../enrolment/enrolment.ts'
import { VisavisError } from '../protocol/index.ts'
import { teamTopic } from '../store/events.ts'
import { boardTopic, channelTopic, notesTopic, personTopic, presenceTopic, type Topic } from './fanout.ts'

export interface SessionOptions {
  readonly id: string
  readonly identity: Identity
  readonly expiresAt: number
  readonly view: Conversations
  /** Opened with a ticket, for this room: it is told nothing but what happens there. */
  readonly onlyRoom?: string
  /** For the check of devices and network, and for nothing else. */
  readonly onlyCheck?: boolean
}

export class Session {
  readonly id: string
  readonly identity: Identity
  readonly onlyRoom: string | undefined
  readonly onlyCheck: boolean
  /** When its token expires (ms since the epoch). */
  expiresAt: number
  #view: Conversations
  #conversations: ReadonlyMap<string, Conversation>
  /** The notes that are theirs to keep, by topic: until when (ms), which is without end for their own jobseekers. */
  #notes: ReadonlyMap<Topic, number>

  constructor({ id, identity, expiresAt, view, onlyRoom, onlyCheck = false }: SessionOptions) {
    this.id = id
    this.identity = identity
    this.onlyRoom = onlyRoom
    this.onlyCheck = onlyCheck
    this.expiresAt = expiresAt
    this.#view = view
    this.#conversations = byJobseeker(view)
    this.#notes = notesOf(identity, view)
  }

  get conversations(): ReadonlyMap<string, Conversation> {
    return this.#conversations
  }

  /** Whether it is for one thing alone: nobody is present by it, and it is told of nothing else. */
  get isNarrow(): boolean {
    return this.onlyRoom !== undefined || this.onlyCheck
  }

  /** Without those whose cover is over by the clock. */
  conversationsAt(now: number): ReadonlyMap<string, Conversation> {
    return new Map([...this.#conversations].filter(([, conversation]) => isCurrent(conversation, now)))
  }

  /** Everything this session is told. Made when it is asked for: kept, it would be most of what an idle session holds. */
  get topics(): ReadonlySet<Topic> {
    if (this.isNarrow) return new Set()
    return topicsOf(this.identity, this.#view, this.#conversations, this.#notes)
  }

  /** When `view` must be asked for again because a cover begins or ends (ms since the epoch). */
  get changesAt(): number {
    return this.#view.changesAt ?? Number.POSITIVE_INFINITY
  }

  /** Whose changes may change `conversations`. */
  get related(): readonly string[] {
    return this.#view.related
  }

  /** Whose presence matters to them: the jobseekers for an advisor; advisor and active covers for a jobseeker. */
  get counterparts(): readonly string[] {
    return this.#view.counterparts
  }

  /** Of an advisor or a supervisor: the team in which they work. */
  get team(): string | undefined {
    return this.#view.team
  }

  /** The advisors for whom they stand in at a moment (ms). */
  covered(now: number): string[] {
    const covers = [...this.#conversations.values()].filter(({ coverUntil }) => (coverUntil ?? 0) > now)
    return [...new Set(covers.flatMap(({ advisor }) => advisor?.id ?? []))]
  }

  /** @throws VisavisError FORBIDDEN. */
  requireConversation(jobseeker: string, now: number): Conversation {
    const conversation = this.#conversations.get(jobseeker)
    if (conversation !== undefined && isCurrent(conversation, now)) return conversation
    throw this.#stranger()
  }

  /** For the notes about a jobseeker. @throws VisavisError FORBIDDEN. */
  requireNotes(jobseeker: string, now: number): void {
    if (!this.keepsNotes(jobseeker, now)) throw this.#stranger()
  }

  keepsNotes(jobseeker: string, now: number): boolean {
    return this.#mayRead(notesTopic(jobseeker), now)
  }

  /** Whether an event may be told this session now. A cover is over by the clock, a moment before its topics are gone. */
  mayHear(topic: Topic, now: number): boolean {
    if (isNotes(topic)) return this.#mayRead(topic, now)
    if (!isChannel(topic)) return true
    const conversation = this.#conversations.get(topic.slice(channelTopic('').length))
    return conversation !== undefined && isCurrent(conversation, now)
  }

  /** Who follows whom has changed. @returns the topics that were added and removed. */
  update(view: Conversations): { added: Topic[]; removed: Topic[] } {
    const before = this.topics
    this.#view = view
    this.#conversations = byJobseeker(view)
    this.#notes = notesOf(this.identity, view)
    const after = this.topics
    return {
      added: [...after].filter((topic) => !before.has(topic)),
      removed: [...before].filter((topic) => !after.has(topic)),
    }
  }

  /** Takes one conversation away at once, before the rest of a change is known. @returns its topics; undefined if it was not there. */
  withdraw(jobseeker: string): Topic[] | undefined {
    if (!this.#conversations.has(jobseeker)) return undefined
    const conversations = new Map(this.#conversations)
    conversations.delete(jobseeker)
    const { topics } = this
    const gone = [channelTopic(jobseeker), notesTopic(jobseeker)].filter((topic) => topics.has(topic))
    this.#conversations = conversations
    const notes = new Map(this.#notes)
    notes.delete(notesTopic(jobseeker))
    this.#notes = notes
    return gone
  }

  #mayRead(topic: Topic, now: number): boolean {
    return now < (this.#notes.get(topic) ?? Number.NEGATIVE_INFINITY)
  }

  #stranger(): VisavisError {
    return new VisavisError('FORBIDDEN', `this ${this.identity.role} takes no part in that conversation`)
  }
}

const byJobseeker = ({ conversations }: Conversations): ReadonlyMap<string, Conversation> =>
  new Map(conversations.map((conversation) => [conversation.jobseeker.id, conversation]))

const isCurrent = ({ coverUntil }: Conversation, now: number): boolean => coverUntil === undefined || now < coverUntil

const isChannel = (topic: Topic): boolean => topic.startsWith(channelTopic(''))

const isNotes = (topic: Topic): boolean => topic.startsWith(notesTopic(''))

/** One for all who have none, and who are most. */
const noNotes: ReadonlyMap<Topic, number> = new Map()

/** The view tells in which conversations they take part, and until when; whether the notes are theirs, the rules of access. */
function notesOf(identity: Identity, { conversations }: Conversations): ReadonlyMap<Topic, number> {
  const { person, role, region } = identity
  if (role === 'jobseeker') return noNotes
  const self = { id: person, role, region, disabled: false }
  const kept = conversations.filter(({ jobseeker, coverUntil }) => {
    const { advisor } = jobseeker
    const from = Number.NEGATIVE_INFINITY
    const covers =
      coverUntil === undefined || advisor === undefined
        ? []
        : [{ region, advisor, cover: person, from, until: coverUntil }]
    return may(identity, 'keepNotes', jobseeker, { now: 0, self, covers })
  })
  return new Map(
    kept.map(({ jobseeker, coverUntil = Number.POSITIVE_INFINITY }) => [notesTopic(jobseeker.id), coverUntil]),
  )
}

const topicsOf = (
  { person, region, role }: Identity,
  { counterparts, team }: Conversations,
  conversations: ReadonlyMap<string, Conversation>,
  notes: ReadonlyMap<Topic, number>,
): ReadonlySet<Topic> =>
  new Set([
    personTopic(person),
    ...conversations.keys().map(channelTopic),
    ...notes.keys(),
    ...counterparts.map(presenceTopic),
    ...(team === undefined ? [] : [teamTopic(region, team)]),
    ...(role === 'supervisor' ? [boardTopic(region, team)] : []),
  ])
