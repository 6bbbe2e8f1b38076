/**
 * A person's session that survives the loss of its connection, by the rules of the SDK: it comes back with exponential
 * backoff and full jitter, resumes where it was, and sends again what was not answered.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { backoffMs, waitOf } from '../../client/backoff.ts'
import type { EventFrame, Position } from '../../src/protocol/index.ts'
import { openSocket, Refusal, type Socket } from '../socket.ts'
import type { WireMessage } from './conversation.ts'

export interface MemberOptions {
  readonly url: string
  readonly token: string
  readonly localAddress: string
  /** That the person is a member of. */
  readonly channels: readonly string[]
  /** As they arrive: nothing is put right here, so that what the server does wrong is seen. */
  readonly onMessage: (channel: string, message: WireMessage) => void
}

/** One stream in the answer to session.open. */
interface ReplayedStream {
  readonly stream: string
  readonly position: Position
  readonly recovered: boolean
  readonly events?: readonly EventFrame[]
}

interface Opened {
  readonly session?: string
  /** Absent from a server that replays nothing. */
  readonly streams?: readonly ReplayedStream[]
}

/** Codes from here on say that there is no coming back. */
const forGood = 4_500
const page = 200
const prefix = 'channel:'

export class Member {
  readonly #options: MemberOptions
  readonly #positions = new Map<string, Position>()
  #session: string | undefined
  #standing = Promise.withResolvers<Socket>()
  /** Of the attempt that succeeded; undefined while there is no connection. */
  #connection: symbol | undefined
  #stopped = false
  /** Channels whose past is being read: what comes meanwhile waits. */
  readonly #reading = new Map<string, WireMessage[]>()
  /** When it last came back (ms since the epoch); undefined since `expectLoss`. */
  recoveredAt: number | undefined
  /** Streams that came back as a snapshot, so that their messages had to be read again. */
  snapshots = 0
  readonly faults: string[] = []

  constructor(options: MemberOptions) {
    this.#options = options
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
      if (waitMs !== undefined || attempt > 0)
        await delay(backoffMs(attempt, Math.random(), atLeastMs), undefined, { ref: false })
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
    const returning = this.#session
    const streams = [...this.#positions].map(([stream, position]) => ({ stream, position }))
    const connection = Symbol('connection')
    let answered = false
    const toRead: string[] = []
    const socket = await openSocket(url, token, {
      localAddress,
      resume: { ...(returning !== undefined && { session: returning }), streams },
      onOpened: (result) => {
        answered = true
        toRead.push(...this.#take(result as Opened, returning !== undefined))
      },
      onEvent: (frame) => {
        if (!answered) this.faults.push(`${frame.event} came before the answer to session.open`)
        this.#onEvent(frame)
      },
      onClose: (code, reason) => this.#onClose(connection, code, waitOf(reason)),
    })
    for (const channel of toRead) await this.#read(socket, channel)
    this.#connection = connection
    this.#standing.resolve(socket)
    this.recoveredAt = Date.now()
  }

  #onClose(connection: symbol, code: number, atLeastMs: number): void {
    if (code >= forGood && !this.#stopped) this.faults.push(`the connection was closed for good with ${code}`)
    // An attempt that fails is tried again by whoever made it.
    if (this.#connection !== connection) return
    this.#connection = undefined
    this.#standing = Promise.withResolvers()
    if (!this.#stopped && code < forGood) void this.#comeBack(atLeastMs)
  }

  /** Plays what was missed. @returns the channels whose past must be read instead. */
  #take({ session, streams }: Opened, returning: boolean): string[] {
    this.#session = session
    this.#reading.clear()
    const unknown = streams === undefined ? this.#options.channels : []
    for (const { events = [] } of streams ?? []) for (const frame of events) this.#onEvent(frame)
    const snapshots = (streams ?? []).filter(({ recovered }) => !recovered)
    for (const { stream, position } of streams ?? []) this.#positions.set(stream, position)
    if (!returning) return []
    this.snapshots += snapshots.length
    const lost = snapshots.filter(({ stream }) => stream.startsWith(prefix))
    const toRead = [...unknown, ...lost.map(({ stream }) => stream.slice(prefix.length))]
    for (const channel of toRead) this.#reading.set(channel, [])
    return toRead
  }

  #onEvent({ event, data, stream, position }: EventFrame): void {
    if (stream !== undefined && position !== undefined) this.#positions.set(stream, position)
    if (event !== 'chat.messagePublished') return
    const { channel, message } = data as { channel: string; message: WireMessage }
    const waiting = this.#reading.get(channel)
    if (waiting === undefined) this.#hear(channel, message)
    else waiting.push(message)
  }

  readonly #last = new Map<string, number>()

  #hear(channel: string, message: WireMessage): void {
    this.#last.set(channel, message.offset)
    this.#options.onMessage(channel, message)
  }

  /** What was published since the newest known message; what has come in the meantime follows without a seam. */
  async #read(socket: Socket, channel: string): Promise<void> {
    for (let more = true; more; ) {
      const after = this.#last.get(channel) ?? 0
      const found = (await socket.call('chat.history', { channel, after, limit: page })) as {
        messages: WireMessage[]
        more: boolean
      }
      for (const message of found.messages) this.#hear(channel, message)
      more = found.more
    }
    const last = this.#last.get(channel) ?? 0
    for (const message of this.#reading.get(channel) ?? []) if (message.offset > last) this.#hear(channel, message)
    this.#reading.delete(channel)
  }
}
