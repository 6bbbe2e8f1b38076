/** One channel, kept whole: loads its newest page, follows it live, fills gaps, sends until the server has confirmed. */
import type { Attachment, ChannelSummary, Message, Position, ResultOf } from '../src/protocol/index.ts'
import {
  type ChannelLog,
  emptyLog,
  lastOffset,
  missingAfter,
  type Page,
  type Unsent,
  withChanged,
  withMessage,
  withNewer,
  withNewest,
  withOlder,
  withoutUnsent,
  withRetained,
  withSnapshot,
  withUnsent,
} from './channel-log.ts'
import type { Connection } from './connection.ts'
import { makeKey } from './key.ts'
import { Listeners } from './listeners.ts'
import { Refresh } from './refresh.ts'
import { insist } from './retry.ts'
import { Typing } from './typing.ts'

const pageSize = 50
const catchUpSize = 200
/** A gap larger than this is not filled: the newest page is shown, and older messages come as they are scrolled to. */
const largestGap = 1_000
/** What an own message shows to be missing is on its way as an event. Only after so long is it asked for. */
const eventsWithinMs = 2_000
/** Receipts of what arrives together are told together. */
const receiptsEveryMs = 1_000
/** Of a channel of which nothing is known. */
const nowhere: Position = { epoch: '', offset: 0 }
/** How long a message is tried before the person is asked. */
const sendForMs = 120_000

/** Beside the text of a message. */
export interface Extras {
  /** The offset of the earlier message that it answers. */
  readonly replyTo?: number
  /** What `attachments.upload` has answered. */
  readonly attachments?: readonly Attachment[]
}

export type Member = ResultOf<'chat.members'>['members'][number]
type Version = ResultOf<'chat.versions'>['versions'][number]

export class Channel {
  readonly id: string
  readonly #connection: Connection
  readonly #isMarked: () => boolean
  readonly #changed = new Listeners<[]>()
  readonly #readBy: Map<string, number>
  readonly #receivedBy: Map<string, number>
  readonly #typing: Typing
  readonly #stop: (() => void)[]
  readonly #refresh: Refresh
  #log: ChannelLog = emptyLog
  /** A page read before this place may lack a change that is told no more, or have what is gone. */
  #pagesFrom: Position | undefined
  /** How often the channel was lost: what was asked for before is not shown after it. */
  #losses = 0
  #markedRead = 0
  #received = 0
  #receiptTimer: ReturnType<typeof setTimeout> | undefined
  /** The sends of one channel follow each other, so that they are stored in the order they were written. */
  #sending: Promise<unknown> = Promise.resolve()
  #gapTimer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  /** @param isMarked whether the person has marked it as unread. */
  constructor(connection: Connection, id: string, readBy: ChannelSummary['readBy'], isMarked: () => boolean) {
    this.id = id
    this.#connection = connection
    this.#isMarked = isMarked
    this.#readBy = new Map(readBy.map(({ person, readOffset }) => [person, readOffset]))
    this.#receivedBy = new Map(readBy.map(({ person, receivedOffset = 0 }) => [person, receivedOffset]))
    this.#typing = new Typing({
      tell: () => void connection.call('chat.typing', { channel: id }).catch(() => {}),
      onChange: () => this.#changed.emit(),
    })
    this.#stop = [
      connection.on('chat.messagePublished', ({ channel, message }, place) => {
        if (channel !== id || place === undefined) return
        this.#typing.sent(message.from, message.from === this.#self)
        this.#know(message, place.position.epoch)
      }),
      connection.on('chat.messageChanged', ({ channel, message }, place) => {
        if (channel !== id) return
        this.#pagesFrom = place?.position ?? this.#pagesFrom
        this.#update(withChanged(this.#log, message))
      }),
      connection.on('chat.messagesExpired', ({ channel, retainedFrom }, place) => {
        if (channel !== id) return
        this.#pagesFrom = place?.position ?? this.#pagesFrom
        this.#update(withRetained(this.#log, retainedFrom))
      }),
      connection.on('chat.typed', ({ channel, person }) => {
        if (channel === id && person !== this.#self) this.#typing.heard(person)
      }),
      connection.on('chat.receivedMoved', ({ channel, person, receivedOffset }) => {
        if (channel !== id || receivedOffset <= this.receivedBy(person)) return
        this.#receivedBy.set(person, receivedOffset)
        this.#changed.emit()
      }),
      connection.on('chat.readMoved', ({ channel, person, readOffset }) => {
        if (channel !== id || readOffset <= this.readBy(person)) return
        this.#readBy.set(person, readOffset)
        this.#changed.emit()
      }),
      connection.onStream((stream, answer) => {
        if (stream !== `channel:${id}`) return
        if (answer === undefined) {
          // What is not theirs any more is not kept.
          this.#losses += 1
          this.#update(withSnapshot(this.#log, nowhere))
          return
        }
        this.#pagesFrom = answer.position
        // Before anything is known, the first page may be on its way already.
        const isFirst = this.#log.epoch === '' && !this.#log.loaded && this.#refresh.loading
        const offset = answer.snapshot?.channel?.newest ?? 0
        this.#update(withSnapshot(this.#log, { epoch: answer.position.epoch, offset }))
        if (!isFirst) this.#refresh.now()
      }),
      connection.onState((state, before) => {
        if (state !== 'open' || before === 'connecting') return
        // A channel that is followed by its stream has everything by now, if its first page was read.
        if (!this.#log.loaded || !connection.follows(`channel:${id}`)) this.#refresh.now()
      }),
    ]
    this.#refresh = new Refresh(connection, () => this.#readNewer())
    this.#refresh.onSettled(() => this.#changed.emit())
    this.#refresh.now()
  }

  /** Ascending, without gaps. */
  get messages(): readonly Message[] {
    return this.#log.messages
  }

  /** Own messages that are not confirmed yet, in the order they were written. */
  get unsent(): ChannelLog['unsent'] {
    return this.#log.unsent
  }

  /** Whether the newest page has been loaded. */
  get loaded(): boolean {
    return this.#log.loaded
  }

  /** Whether older messages can be loaded. */
  get more(): boolean {
    return this.#log.more
  }

  /** Messages before this one are gone: they were kept as long as the region keeps them. Undefined: none are. */
  get retainedFrom(): number | undefined {
    return this.#log.retainedFrom > 1 ? this.#log.retainedFrom : undefined
  }

  /** Why the channel could not be read; undefined when it could. */
  get error(): Error | undefined {
    return this.#refresh.error
  }

  /** How far somebody has read; 0 if they have read nothing. */
  readBy(person: string): number {
    return this.#readBy.get(person) ?? 0
  }

  /** Up to where a device of somebody has everything; 0 if none has anything. */
  receivedBy(person: string): number {
    return Math.max(this.#receivedBy.get(person) ?? 0, this.readBy(person))
  }

  /** Who else is writing at this moment. */
  get typing(): readonly string[] {
    return this.#typing.people
  }

  onChange(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  /**
   * Shown at once in `unsent`, and sent until it is stored, across losses of the connection.
   * @returns the stored message. @throws VisavisError when it is refused or two minutes have passed; it then stays in
   * `unsent` as failed, for `resend` or `discard`.
   */
  send(text: string, extras: Extras = {}): Promise<Message> {
    return this.#enqueue({ key: makeKey(), text, at: this.#connection.now(), ...extras })
  }

  /** Tries a failed message again, under its first key. */
  async resend(key: string): Promise<void> {
    const failed = this.#log.unsent.find((unsent) => unsent.key === key && unsent.state === 'failed')
    if (failed !== undefined) await this.#enqueue(failed)
  }

  discard(key: string): void {
    this.#update(withoutUnsent(this.#log, key))
  }

  /** Gives an own message another text. @throws VisavisError CONFLICT when it is too late. */
  async edit(offset: number, text: string): Promise<void> {
    await this.#connection.call('chat.edit', { channel: this.id, offset, text, key: makeKey() })
  }

  /** Takes the words and attachments of an own message away. */
  async delete(offset: number): Promise<void> {
    await this.#connection.call('chat.delete', { channel: this.id, offset, key: makeKey() })
  }

  /** Advisors only. */
  async pin(offset: number, pinned: boolean): Promise<void> {
    await this.#connection.call('chat.pin', { channel: this.id, offset, pinned, key: makeKey() })
  }

  /** For advisors: what the jobseeker has written up to a message needs no answer. */
  async settle(offset: number): Promise<void> {
    await this.#connection.call('chat.settle', { channel: this.id, offset })
  }

  /** The pinned messages, the newest pin first. */
  async pinned(): Promise<readonly Message[]> {
    return (await this.#connection.call('chat.pinned', { channel: this.id })).messages
  }

  /** Advisors only: what an edited message said before. */
  async versions(offset: number): Promise<readonly Version[]> {
    return (await this.#connection.call('chat.versions', { channel: this.id, offset })).versions
  }

  /** Everybody who has been in this conversation, or may be now. */
  async members(): Promise<readonly Member[]> {
    return (await this.#connection.call('chat.members', { channel: this.id })).members
  }

  /** One message, also one that is not loaded: what is answered may be long ago. */
  async message(offset: number): Promise<Message | undefined> {
    const known = this.#log.messages.find((message) => message.offset === offset)
    if (known !== undefined) return known
    const { messages } = await this.#history({ after: offset - 1, limit: 1 })
    return messages.find((message) => message.offset === offset)
  }

  /** For this person, on all their devices, it is unread again from a message on. */
  async markUnread(offset: number): Promise<void> {
    await this.#connection.call('chat.markUnread', { channel: this.id, offset, key: makeKey() })
    this.#markedRead = 0
  }

  /** To be called at every key press: the others are told now and then. */
  type(): void {
    this.#typing.type()
  }

  /** Loads the page before the oldest message. @param limit how many messages; 200 at most. */
  async loadOlder(limit: number = pageSize): Promise<void> {
    const before = this.#log.messages[0]?.offset
    if (before === undefined || !this.#log.more) return
    await this.#history({ before, limit }, withOlder)
  }

  /** The person has seen everything up to the newest message. Repeating is free of charge. */
  async markRead(): Promise<void> {
    const offset = lastOffset(this.#log)
    if (offset <= this.#markedRead) return
    const before = this.#markedRead
    this.#markedRead = offset
    try {
      // Only where it has an effect besides: the server remembers each key for days.
      const key = this.#isMarked() ? { key: makeKey() } : {}
      await this.#connection.call('chat.read', { channel: this.id, offset, ...key })
    } catch (error) {
      this.#markedRead = before
      throw error
    }
  }

  /** This person takes part from now on, perhaps again. What was before `position` is told by no event. */
  join({ readBy, position }: Pick<ChannelSummary, 'readBy' | 'position'>): void {
    this.#pagesFrom = position
    this.hear(readBy)
    this.#refresh.now()
  }

  /** Receipts as a list tells them: those that moved while somebody had no access for a moment are told in no other way. */
  hear(readBy: ChannelSummary['readBy']): void {
    for (const { person, readOffset, receivedOffset = 0 } of readBy) {
      this.#readBy.set(person, Math.max(readOffset, this.readBy(person)))
      this.#receivedBy.set(person, Math.max(receivedOffset, this.receivedBy(person)))
    }
    this.#changed.emit()
  }

  /** Asks for what may have been missed. */
  refresh(): void {
    this.#refresh.now()
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Follows no longer. What is being sent is still sent. */
  close(): void {
    this.#closed = true
    for (const timer of [this.#gapTimer, this.#receiptTimer]) clearTimeout(timer)
    this.#typing.close()
    this.#refresh.close()
    for (const stop of this.#stop) stop()
  }

  #enqueue(draft: Omit<Unsent, 'state' | 'error'>): Promise<Message> {
    const { error: _before, ...unsent }: Unsent = { ...draft, state: 'sending' }
    this.#update(withUnsent(this.#log, unsent))
    const sent = this.#sending.then(() => this.#store(unsent))
    this.#sending = sent.catch(() => {})
    return sent
  }

  async #store(unsent: Unsent): Promise<Message> {
    const { key, text, replyTo, attachments } = unsent
    const reply = replyTo === undefined ? {} : { replyTo }
    const files = attachments === undefined ? {} : { attachments: attachments.map(({ id }) => id) }
    const params = { channel: this.id, key, text, ...reply, ...files }
    try {
      const { offset, position, at } = await insist(
        (timeoutMs) => this.#connection.call('chat.publish', params, { timeoutMs }),
        sendForMs,
      )
      const withFiles = attachments === undefined ? {} : { attachments: [...attachments] }
      const message = { offset, key, from: this.#self, text, at, ...reply, ...withFiles }
      this.#know(message, position.epoch)
      return message
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error))
      this.#update(withUnsent(this.#log, { ...unsent, state: 'failed', error: reason }))
      throw error
    }
  }

  get #self(): string {
    return this.#connection.session?.identity.person ?? ''
  }

  /** What has come to this device; what was read needs no receipt of its own. */
  #acknowledge(): void {
    if (this.#receiptTimer !== undefined || this.#closed) return
    this.#receiptTimer = setTimeout(() => {
      this.#receiptTimer = undefined
      const offset = lastOffset(this.#log)
      if (offset <= Math.max(this.#received, this.#markedRead, this.receivedBy(this.#self))) return
      this.#received = offset
      // A later one says the same.
      this.#connection.call('chat.receive', { channel: this.id, offset }).catch(() => {
        this.#received = 0
      })
    }, receiptsEveryMs)
  }

  #know(message: Message, epoch: string): void {
    this.#readBy.set(message.from, Math.max(message.offset, this.readBy(message.from)))
    this.#update(withMessage(this.#log, message, epoch))
    if (message.from !== this.#self) this.#acknowledge()
    if (missingAfter(this.#log) === undefined || this.#gapTimer !== undefined) return
    this.#gapTimer = setTimeout(() => {
      this.#gapTimer = undefined
      if (missingAfter(this.#log) !== undefined) this.#refresh.now()
    }, eventsWithinMs)
  }

  #update(log: ChannelLog): void {
    if (this.#closed || log === this.#log) return
    this.#log = log
    this.#changed.emit()
  }

  async #readNewer(): Promise<void> {
    do {
      const last = lastOffset(this.#log)
      if (!this.#log.loaded || last === 0 || this.#log.head - last > largestGap) {
        // What came while the page was on its way is in the log by now.
        await this.#history({ limit: pageSize }, withNewest)
        if (missingAfter(this.#log) === undefined) return
      }
      for (let more = true; more; ) {
        const after = lastOffset(this.#log)
        const page = await this.#history({ after, limit: catchUpSize }, withNewer)
        // A page that brought nothing forward would be asked for without end.
        more = page.more && lastOffset(this.#log) > after
      }
      // What was known may have become void meanwhile.
    } while (!this.#log.loaded)
  }

  /** Asks for a page, again if need be, and puts it into the log. */
  async #history(
    asked: { before?: number; after?: number; limit: number },
    into: (log: ChannelLog, page: Page) => ChannelLog = (log) => log,
  ): Promise<Page> {
    for (;;) {
      const losses = this.#losses
      const page = await this.#connection.call('chat.history', { channel: this.id, ...asked })
      const { epoch, offset } = page.position
      // A change that was told while the page was on its way is not in it, and would be lost.
      const isOvertaken = this.#pagesFrom?.epoch === epoch && this.#pagesFrom.offset > offset
      if (isOvertaken || losses !== this.#losses) continue
      // At once: whoever waited for a promise first would put in what may have been overtaken since.
      this.#update(into(this.#log, page))
      return page
    }
  }
}
