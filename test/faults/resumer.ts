/**
 * A client that resumes by the book and shares no code with the SDK, so that a fault of one does not hide a fault of the
 * other. It says what it was told, and sends again what was not answered.
 */
import { WebSocket } from 'ws'
import {
  type EventFrame,
  type Position,
  type RecoveredStream,
  type Response,
  type ResultOf,
  type StreamPosition,
  subprotocol,
} from '../../src/protocol/index.ts'
import type { Step } from './heard.ts'

export interface ResumerOptions {
  readonly url: string
  readonly token: string
  /** 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number
  /** Reads nothing for a while, now and then. */
  readonly readsSlowly?: boolean
  /** The twin: what the server answered arrives changed. */
  readonly spoil?: (streams: readonly RecoveredStream[]) => readonly RecoveredStream[]
}

interface Waiting {
  readonly id: number
  readonly frame: string
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

type NumberedEvent = EventFrame & { readonly stream: string; readonly position: Position }

const openTimeoutMs = 3_000
const watchEveryMs = 25
/** No stream has this epoch: the answer is a snapshot. */
const nowhere: Position = { epoch: '-', offset: 0 }

export class Resumer implements Disposable {
  /** What it was told of its durable streams, in order. */
  readonly steps: Step[] = []
  /** What the server must not do. */
  readonly faults: string[] = []
  readonly figures = { opened: 0, resumed: 0, replayed: 0, repeated: 0, gaps: 0 }
  #options: ResumerOptions
  readonly #positions = new Map<string, Position>()
  readonly #waiting = new Map<number, Waiting>()
  readonly #listeners: ((event: EventFrame) => void)[] = []
  readonly #watch: ReturnType<typeof setInterval>
  /** Streams asked about again, with what arrived of them meanwhile. */
  readonly #asked = new Map<string, NumberedEvent[]>()
  #socket: WebSocket | undefined
  #session: string | undefined
  #heartbeatMs = 0
  #lastFrameAt = 0
  #nextId = 1
  #pausedUntil = 0
  #connectAt = 0
  #over = false

  constructor(options: ResumerOptions) {
    this.#options = options
    this.#watch = setInterval(() => this.#look(), watchEveryMs)
    this.#connect()
  }

  get session(): string | undefined {
    return this.#session
  }

  get positions(): ReadonlyMap<string, Position> {
    return this.#positions
  }

  onEvent(listener: (event: EventFrame) => void): void {
    this.#listeners.push(listener)
  }

  /** From the next connection on. */
  goTo(url: string): void {
    this.#options = { ...this.#options, url }
  }

  /** Breaks the connection without a goodbye. It comes back by itself. */
  cut(): void {
    this.#socket?.terminate()
  }

  /** Answered over as many connections as it takes. @throws an error with the code of the answer. */
  call(method: string, params: unknown): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const id = this.#nextId
    this.#nextId += 1
    const waiting = { id, frame: JSON.stringify({ id, method, params }), resolve, reject }
    this.#waiting.set(id, waiting)
    if (this.#isOpen) this.#socket?.send(waiting.frame)
    return promise
  }

  [Symbol.dispose](): void {
    this.#over = true
    clearInterval(this.#watch)
    this.#socket?.terminate()
    for (const { reject } of this.#waiting.values()) reject(new Error('the test is over'))
    this.#waiting.clear()
  }

  get #isOpen(): boolean {
    return this.#heartbeatMs > 0
  }

  #connect(): void {
    const { url, token } = this.#options
    const streams: StreamPosition[] = [...this.#positions].map(([stream, position]) => ({ stream, position }))
    const resume = this.#session === undefined ? { streams } : { session: this.#session, streams }
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, subprotocol)
    this.#socket = socket
    this.#heartbeatMs = 0
    this.#lastFrameAt = performance.now()
    this.#pausedUntil = 0
    this.#asked.clear()
    const params = { token, versions: [1], client: 'by the book', resume }
    socket.on('open', () => socket.send(JSON.stringify({ id: 0, method: 'session.open', params })))
    socket.on('message', (data) => {
      if (this.#socket === socket) this.#onFrame(JSON.parse(String(data)) as Response | EventFrame)
    })
    // `close` follows.
    socket.on('error', () => {})
    socket.on('close', (code, reason) => {
      if (this.#socket !== socket) return
      if (code >= 4500) this.#end(`the server closed for good with ${code} ${reason}`)
      else this.#later(0)
    })
  }

  #later(waitMs: number): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#heartbeatMs = 0
    socket?.terminate()
    this.#connectAt = performance.now() + waitMs + this.#options.random() * 200
  }

  #end(fault: string): void {
    this.#over = true
    this.faults.push(fault)
    this.#socket = undefined
    for (const { reject } of this.#waiting.values()) reject(new Error(fault))
  }

  /** What is due by the clock. */
  #look(): void {
    const now = performance.now()
    const socket = this.#socket
    if (this.#over) return
    if (socket === undefined) {
      if (now >= this.#connectAt) this.#connect()
      return
    }
    if (this.#pausedUntil > 0) {
      if (now < this.#pausedUntil) return
      this.#pausedUntil = 0
      this.#lastFrameAt = now
      socket.resume()
    }
    const silenceMs = this.#isOpen ? 2.5 * this.#heartbeatMs : openTimeoutMs
    if (now - this.#lastFrameAt > silenceMs) this.#later(0)
    else if (this.#isOpen && this.#options.readsSlowly === true && this.#options.random() < 0.01) {
      this.#pausedUntil = now + this.#options.random() * 800
      socket.pause()
    }
  }

  #onFrame(frame: Response | EventFrame): void {
    this.#lastFrameAt = performance.now()
    if (!this.#isOpen) {
      this.#onOpenAnswer(frame)
      return
    }
    if ('event' in frame) this.#onEvent(frame)
    else this.#onAnswer(frame)
  }

  #onOpenAnswer(frame: Response | EventFrame): void {
    if ('event' in frame) {
      this.faults.push(`${frame.event} came before the answer to session.open`)
      return
    }
    if ('error' in frame) {
      if (frame.error.retryable) this.#later(frame.error.retryAfterMs ?? 0)
      else this.#end(`session.open was refused: ${frame.error.code} ${frame.error.message}`)
      return
    }
    const { session, resumed, heartbeatMs, streams } = frame.result as ResultOf<'session.open'>
    this.#session = session
    this.#heartbeatMs = heartbeatMs
    this.figures.opened += 1
    if (resumed) this.figures.resumed += 1
    const told = new Set(streams.map(({ stream }) => stream))
    for (const stream of this.#positions.keys()) {
      if (told.has(stream)) continue
      this.#positions.delete(stream)
      this.steps.push({ is: 'gone', stream })
    }
    const { spoil } = this.#options
    for (const answer of spoil === undefined ? streams : spoil(streams)) this.#apply(answer)
    for (const { frame: again } of this.#waiting.values()) this.#socket?.send(again)
  }

  #apply({ stream, position, recovered, events = [] }: RecoveredStream): void {
    if (!recovered) {
      this.#positions.set(stream, position)
      this.steps.push({ is: 'snapshot', stream, position })
      return
    }
    for (const event of events as unknown as readonly NumberedEvent[]) {
      this.figures.replayed += 1
      this.#tell(event)
    }
    // As the book says: everything up to here is in the answer. The check of what was told finds out whether it was.
    this.#positions.set(stream, position)
  }

  #onEvent(event: EventFrame): void {
    if (event.event === 'session.heartbeat') {
      this.#socket?.send(JSON.stringify({ id: this.#nextId, method: 'session.heartbeat', params: {} }))
      this.#nextId += 1
      return
    }
    const { stream, position } = event
    if (stream === undefined || position === undefined) this.#emit(event)
    else this.#take({ ...event, stream, position })
  }

  #take(event: NumberedEvent): void {
    const { stream, position } = event
    const held = this.#asked.get(stream)
    if (held !== undefined) {
      held.push(event)
      return
    }
    const at = this.#positions.get(stream)
    if (at !== undefined && at.epoch === position.epoch && position.offset <= at.offset) {
      this.figures.repeated += 1
      return
    }
    const isNext = at !== undefined && position.offset === at.offset + 1
    if (isNext && (at.epoch === position.epoch || at.epoch === '')) {
      this.#positions.set(stream, position)
      this.#tell(event)
      return
    }
    this.figures.gaps += 1
    this.#asked.set(stream, [event])
    void this.#recover(stream, at ?? nowhere)
  }

  async #recover(stream: string, position: Position): Promise<void> {
    const socket = this.#socket
    const params = { streams: [{ stream, position }] }
    const answer = await this.call('session.recover', params).catch(() => undefined)
    // A new connection has told everything already.
    if (this.#socket !== socket || !this.#asked.has(stream)) return
    const held = this.#asked.get(stream) ?? []
    this.#asked.delete(stream)
    for (const told of (answer as ResultOf<'session.recover'> | undefined)?.streams ?? []) this.#apply(told)
    for (const event of held) this.#take(event)
  }

  #tell(event: NumberedEvent): void {
    const { stream, position, data } = event
    this.steps.push({ is: 'event', stream, position, data })
    this.#emit(event)
  }

  #emit(event: EventFrame): void {
    for (const listener of this.#listeners) listener(event)
  }

  #onAnswer(response: Response): void {
    const waiting = this.#waiting.get(response.id)
    // Of a heartbeat, or told twice.
    if (waiting === undefined) return
    if ('error' in response && response.error.retryable) {
      const socket = this.#socket
      setTimeout(() => {
        if (this.#socket === socket && this.#waiting.has(waiting.id)) socket?.send(waiting.frame)
      }, response.error.retryAfterMs ?? 50)
      return
    }
    this.#waiting.delete(response.id)
    if ('error' in response) {
      waiting.reject(Object.assign(new Error(response.error.message), { code: response.error.code }))
    } else waiting.resolve(response.result)
  }
}
