/** One channel, kept whole: loads its newest page, follows it live, fills gaps, sends until the server has confirmed. */
import { VisavisError } from '../src/protocol/errors.ts'
import type { ChannelSummary, Message } from '../src/protocol/index.ts'
import { backoffMs } from './backoff.ts'
import {
  type ChannelLog,
  emptyLog,
  lastOffset,
  missingAfter,
  withMessage,
  withNewer,
  withNewest,
  withOlder,
  withoutUnsent,
  withSnapshot,
  withUnsent,
} from './channel-log.ts'
import type { Connection } from './connection.ts'
import { makeKey } from './key.ts'
import { Listeners } from './listeners.ts'
import { Refresh } from './refresh.ts'

const pageSize = 50
const catchUpSize = 200
/** A gap larger than this is not filled: the newest page is shown, and older messages come as they are scrolled to. */
const largestGap = 1_000
/** What an own message shows to be missing is on its way as an event. Only after so long is it asked for. */
const eventsWithinMs = 2_000
/** How long a message is tried before the person is asked. */
const sendForMs = 120_000

export class Channel {
  readonly id: string
  readonly #connection: Connection
  readonly #changed = new Listeners<[]>()
  readonly #readBy: Map<string, number>
  readonly #stop: (() => void)[]
  readonly #refresh: Refresh
  #log: ChannelLog = emptyLog
  #markedRead = 0
  /** The sends of one channel follow each other, so that they are stored in the order they were written. */
  #sending: Promise<unknown> = Promise.resolve()
  #gapTimer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(connection: Connection, id: string, readBy: ChannelSummary['readBy']) {
    this.id = id
    this.#connection = connection
    this.#readBy = new Map(readBy.map(({ person, readOffset }) => [person, readOffset]))
    this.#stop = [
      connection.on('chat.messagePublished', ({ channel, message }, place) => {
        if (channel === id && place !== undefined) this.#know(message, place.position.epoch)
      }),
      connection.on('chat.readMoved', ({ channel, person, readOffset }) => {
        if (channel !== id || readOffset <= this.readBy(person)) return
        this.#readBy.set(person, readOffset)
        this.#changed.emit()
      }),
      connection.onStream((stream, answer) => {
        if (stream !== `channel:${id}` || answer === undefined) return
        // Before anything is known, the first page is on its way already.
        const isFirst = this.#log.epoch === '' && !this.#log.loaded
        this.#update(withSnapshot(this.#log, answer.position))
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

  /** Why the channel could not be read; undefined when it could. */
  get error(): Error | undefined {
    return this.#refresh.error
  }

  /** How far somebody has read; 0 if they have read nothing. */
  readBy(person: string): number {
    return this.#readBy.get(person) ?? 0
  }

  onChange(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  /**
   * Shown at once in `unsent`, and sent until it is stored, across losses of the connection.
   * @returns the stored message. @throws VisavisError when it is refused or two minutes have passed; it then stays in
   * `unsent` as failed, for `resend` or `discard`.
   */
  send(text: string): Promise<Message> {
    return this.#enqueue(makeKey(), text, this.#connection.now())
  }

  /** Tries a failed message again, under its first key. */
  async resend(key: string): Promise<void> {
    const failed = this.#log.unsent.find((unsent) => unsent.key === key && unsent.state === 'failed')
    if (failed !== undefined) await this.#enqueue(key, failed.text, failed.at)
  }

  discard(key: string): void {
    this.#update(withoutUnsent(this.#log, key))
  }

  /** Loads the page before the oldest message. */
  async loadOlder(): Promise<void> {
    const before = this.#log.messages[0]?.offset
    if (before === undefined || !this.#log.more) return
    const page = await this.#connection.call('chat.history', { channel: this.id, before, limit: pageSize })
    this.#update(withOlder(this.#log, page))
  }

  /** The person has seen everything up to the newest message. Repeating is free of charge. */
  async markRead(): Promise<void> {
    const offset = lastOffset(this.#log)
    if (offset <= this.#markedRead) return
    const before = this.#markedRead
    this.#markedRead = offset
    try {
      await this.#connection.call('chat.read', { channel: this.id, offset })
    } catch (error) {
      this.#markedRead = before
      throw error
    }
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
    clearTimeout(this.#gapTimer)
    this.#refresh.close()
    for (const stop of this.#stop) stop()
  }

  #enqueue(key: string, text: string, at: number): Promise<Message> {
    this.#update(withUnsent(this.#log, { key, text, at, state: 'sending' }))
    const sent = this.#sending.then(() => this.#store(key, text, at))
    this.#sending = sent.catch(() => {})
    return sent
  }

  async #store(key: string, text: string, at: number): Promise<Message> {
    const deadline = performance.now() + sendForMs
    for (let attempt = 0; ; attempt += 1) {
      try {
        const timeoutMs = Math.max(1, deadline - performance.now())
        const stored = await this.#connection.call('chat.publish', { channel: this.id, key, text }, { timeoutMs })
        const from = this.#connection.session?.identity.person ?? ''
        const message = { offset: stored.position.offset, key, from, text, at: stored.at }
        this.#know(message, stored.position.epoch)
        return message
      } catch (error) {
        const retryMs = backoffMs(attempt, Math.random(), error instanceof VisavisError ? error.retryAfterMs : 0)
        const retryable = error instanceof VisavisError && error.retryable
        if (!retryable || performance.now() + retryMs > deadline) {
          const reason = error instanceof Error ? error : new Error(String(error))
          this.#update(withUnsent(this.#log, { key, text, at, state: 'failed', error: reason }))
          throw error
        }
        await new Promise((resolve) => setTimeout(resolve, retryMs))
      }
    }
  }

  #know(message: Message, epoch: string): void {
    this.#readBy.set(message.from, Math.max(message.offset, this.readBy(message.from)))
    this.#update(withMessage(this.#log, message, epoch))
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
    const last = lastOffset(this.#log)
    if (!this.#log.loaded || last === 0 || this.#log.head - last > largestGap) {
      this.#update(withNewest(this.#log, await this.#history({ limit: pageSize })))
      if (missingAfter(this.#log) === undefined) return
    }
    for (let more = true; more; ) {
      const after = lastOffset(this.#log)
      const page = await this.#history({ after, limit: catchUpSize })
      this.#update(withNewer(this.#log, page))
      // A page that brought nothing forward would be asked for without end.
      more = page.more && lastOffset(this.#log) > after
    }
  }

  #history(page: { after?: number; limit: number }) {
    return this.#connection.call('chat.history', { channel: this.id, ...page })
  }
}
