/**
 * A person's session that survives the loss of its connection. The rules are the SDK's own (backoff, what is next in a
 * stream, what is asked for again); only the socket is a bare one, and of ten thousand sessions none has a page behind it.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { backoffMs, waitOf } from '../../client/backoff.ts'
import { Recovery } from '../../client/recovery.ts'
import type { Numbered } from '../../client/streams.ts'
import {
  type EventFrame,
  type RecoveredStream,
  type ResultOf,
  type StreamPosition,
  VisavisError,
} from '../../src/protocol/index.ts'
import { openSocket, Refusal, type Socket } from '../socket.ts'
import type { WireMessage } from './conversation.ts'

export interface MemberOptions {
  readonly url: string
  readonly token: string
  readonly localAddress: string
  /** What a page would be told of, in that order. */
  readonly onMessage: (channel: string, message: WireMessage) => void
}

interface Opened {
  /** Absent from a peer that has no sessions. */
  readonly session?: string
  readonly maxFrameBytes?: number
  readonly streams?: readonly RecoveredStream[]
}

/** Codes from here on say that there is no coming back. */
const forGood = 4_500
const page = 200
const prefix = 'channel:'

export class Member {
  readonly #options: MemberOptions
  readonly #recovery: Recovery
  #opened: Opened | undefined
  #standing = Promise.withResolvers<Socket>()
  /** Of the attempt that succeeded; undefined while there is no connection. */
  #connection: symbol | undefined
  #stopped = false
  /** Newest message of each channel. */
  readonly #last = new Map<string, number>()
  /** Channels told by a snapshot, up to an offset: their messages are to be read. What comes meanwhile waits. */
  readonly #toRead = new Map<string, { readonly upTo: number; readonly later: WireMessage[] }>()
  /** When it last came back (ms since the epoch); undefined since `expectLoss`. */
  recoveredAt: number | undefined
  /** Streams that came back as a snapshot. */
  snapshots = 0
  /** Events that came although they had been told before; the rules of the client ignore them. */
  repeats = 0
  /** Events that came before an earlier one; the rules of the client ask for what is missing. */
  gaps = 0
  readonly faults: string[] = []

  constructor(options: MemberOptions) {
    this.#options = options
    this.#recovery = new Recovery({
      ask: (streams) => this.#ask(streams),
      deliver: (frame) => this.#onDelivered(frame),
      onStream: (stream, answer) => this.#onSnapshot(stream, answer),
      onRefused: (error) => this.faults.push(`streams could not be asked for again: ${error.message}`),
    })
  }

  /** Resolves when the session is open for the first time, however many attempts that takes. */
  async open(): Promise<void> {
    await this.#comeBack()
  }

  expectLoss(): void {
    this.recoveredAt = undefined
  }

  /** A request that survives the loss of a connection: it is sent again, so it must be one that may be repeated. */
  async call(method: string, params: object): Promise<unknown> {
    for (;;) {
      const socket = await this.#standing.promise
      try {
        return await socket.call(method, params)
      } catch (error) {
        if (this.#stopped) throw error
        if (!(error instanceof Refusal)) continue
        if (!error.retryable) throw error
        await delay(error.retryAfterMs ?? 100)
      }
    }
  }

  stop(): void {
    this.#stopped = true
    if (this.#connection !== undefined) void this.#standing.promise.then((socket) => socket.vanish())
  }

  /** @param waitMs at least, before the first attempt; absent: at once. */
  async #comeBack(waitMs?: number): Promise<void> {
    let atLeastMs = waitMs ?? 0
    for (let attempt = 0; !this.#stopped; attempt += 1) {
      if (waitMs !== undefined || attempt > 0) await delay(backoffMs(attempt, Math.random(), atLeastMs))
      try {
        await this.#connect()
        return
      } catch (error) {
        atLeastMs = error instanceof Refusal ? (error.retryAfterMs ?? 0) : 0
        if (error instanceof Refusal && !error.retryable) {
          this.faults.push(error.message)
          return
        }
      }
    }
  }

  async #connect(): Promise<void> {
    const { url, token, localAddress } = this.#options
    const before = this.#opened
    const connection = Symbol('connection')
    let answered = false
    const socket = await openSocket(url, token, {
      localAddress,
      resume: {
        ...(before?.session !== undefined && { session: before.session }),
        streams: this.#recovery.positions(before?.maxFrameBytes ?? Number.POSITIVE_INFINITY),
      },
      onOpened: (result) => {
        answered = true
        this.#opened = result as Opened
        this.#recovery.resumed(this.#opened.streams ?? [])
        // There was nothing that could have been missed.
        if (before === undefined) this.#toRead.clear()
        else this.snapshots += this.#toRead.size
      },
      onEvent: (frame) => {
        if (!answered) this.faults.push(`${frame.event} came before the answer to session.open`)
        this.#onFrame(frame)
      },
      onClose: (code, reason) => this.#onClose(connection, code, waitOf(reason)),
    })
    for (const channel of [...this.#toRead.keys()]) await this.#read(socket, channel)
    this.#connection = connection
    this.#standing.resolve(socket)
    this.recoveredAt = Date.now()
  }

  #onClose(connection: symbol, code: number, atLeastMs: number): void {
    if (code >= forGood && !this.#stopped) this.faults.push(`the connection was closed for good with ${code}`)
    // An attempt that fails is tried again by whoever made it.
    if (this.#connection !== connection) return
    this.#connection = undefined
    this.#recovery.lost()
    this.#standing = Promise.withResolvers()
    if (!this.#stopped && code < forGood) void this.#comeBack(atLeastMs)
  }

  #onFrame(frame: EventFrame): void {
    const { stream, position } = frame
    if (stream === undefined || position === undefined) return
    const last = stream.startsWith(prefix) ? this.#last.get(stream.slice(prefix.length)) : undefined
    if (last !== undefined && position.offset <= last) this.repeats += 1
    if (last !== undefined && position.offset > last + 1) this.gaps += 1
    this.#recovery.take(frame as Numbered)
  }

  #onDelivered({ event, data }: EventFrame): void {
    if (event !== 'chat.messagePublished') return
    const { channel, message } = data as { channel: string; message: WireMessage }
    const waiting = this.#toRead.get(channel)
    if (waiting === undefined) this.#hear(channel, message)
    else waiting.later.push(message)
  }

  #onSnapshot(stream: string, answer: RecoveredStream | undefined): void {
    if (!stream.startsWith(prefix)) return
    const channel = stream.slice(prefix.length)
    if (answer === undefined) this.faults.push(`${stream} is gone`)
    else this.#toRead.set(channel, { upTo: answer.position.offset, later: [] })
  }

  #hear(channel: string, message: WireMessage): void {
    this.#last.set(channel, message.offset)
    this.#options.onMessage(channel, message)
  }

  /** From the newest known message up to the snapshot; what has come in the meantime follows without a seam. */
  async #read(socket: Socket, channel: string): Promise<void> {
    const { upTo, later } = this.#toRead.get(channel) ?? { upTo: 0, later: [] }
    for (let last = this.#last.get(channel) ?? 0; last < upTo; last = this.#last.get(channel) ?? 0) {
      const { messages } = (await socket.call('chat.history', { channel, after: last, limit: page })) as {
        messages: WireMessage[]
      }
      if (messages.length === 0) break
      for (const message of messages) if (message.offset <= upTo) this.#hear(channel, message)
    }
    this.#toRead.delete(channel)
    for (const message of later) this.#hear(channel, message)
  }

  async #ask(streams: readonly StreamPosition[]): Promise<ResultOf<'session.recover'>> {
    const socket = await this.#standing.promise
    try {
      return (await socket.call('session.recover', { streams })) as ResultOf<'session.recover'>
    } catch (cause) {
      // What the SDK's rules can be tried again after: a lost connection, or what the server says may be.
      if (cause instanceof Refusal && !cause.retryable) throw cause
      throw new VisavisError('UNAVAILABLE', 'not answered', { cause, retryAfterMs: 100 })
    }
  }
}
