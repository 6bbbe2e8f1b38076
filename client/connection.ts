/** One person's connection to Visavis across sockets: opens, authenticates, comes back by itself. See lifecycle.ts. */
import { closeCodes, VisavisError } from '../src/protocol/errors.ts'
import type {
  DataOf,
  EventFrame,
  EventName,
  MethodName,
  ParamsOf,
  Position,
  Response,
  ResultOf,
  ServerFrame,
} from '../src/protocol/index.ts'
import { backoffMs } from './backoff.ts'
import { after, type ConnectionState } from './lifecycle.ts'
import { Listeners } from './listeners.ts'
import { type CallOptions, fromWire, Requests } from './requests.ts'
import { openSocket, type Socket } from './socket.ts'

export interface ConnectOptions {
  /** Of the server: `https://host`, `wss://host`, or the page's own `location.origin`. */
  readonly url: string
  /** Asked before every connection, so that a token that has run out is replaced. Its value goes to the server only. */
  readonly token: () => string | Promise<string>
  /** What happens to the connection, for diagnosis. Never holds tokens or texts. */
  readonly log?: (message: string, details?: Readonly<Record<string, unknown>>) => void
}

export type Session = ResultOf<'session.open'>
/** Where a durable event lies in its stream. */
export interface Place {
  readonly stream: string
  readonly position: Position
}

type Handler = (data: never, place: Place | undefined) => void

/** With a request unanswered and not a frame received for so long, the socket is dead, whatever the browser thinks. */
const silenceMs = 10_000
/** A connection that stood so long was a good one: the next loss begins with the shortest wait. */
const steadyMs = 5_000
/** Coming back at once (the network returned, the page became visible) happens at most so often. */
const hurryEveryMs = 1_000

export class Connection {
  readonly #options: ConnectOptions
  readonly #requests = new Requests()
  readonly #handlers = new Map<EventName, Listeners<[never, Place | undefined]>>()
  readonly #stateListeners = new Listeners<[ConnectionState, ConnectionState]>()
  readonly #opened = Promise.withResolvers<Session>()
  #state: ConnectionState = 'connecting'
  #session: Session | undefined
  #skewMs = 0
  #socket: Socket | undefined
  #attempt = 0
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  #watchTimer: ReturnType<typeof setInterval> | undefined
  #openedAt = 0
  #hurriedAt = Number.NEGATIVE_INFINITY
  #failure: VisavisError | undefined

  constructor(options: ConnectOptions) {
    this.#options = options
    this.#opened.promise.catch(() => {})
    this.#connect()
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** Of the newest open connection; undefined before the first one. */
  get session(): Session | undefined {
    return this.#session
  }

  /** The first session. Rejects when the connection is closed for good before. */
  get opened(): Promise<Session> {
    return this.#opened.promise
  }

  /** Why it is closed for good; undefined while it is not, and after `close()`. */
  get failure(): VisavisError | undefined {
    return this.#failure
  }

  /** The server's clock (ms since the epoch), so that waits and ages are right on a wrong local clock. */
  now(): number {
    return Date.now() + this.#skewMs
  }

  call<M extends MethodName>(method: M, params: ParamsOf<M>, options?: CallOptions): Promise<ResultOf<M>> {
    return this.#requests.call(method, params, options)
  }

  on<E extends EventName>(event: E, handler: (data: DataOf<E>, place: Place | undefined) => void): () => void {
    const listeners = this.#handlers.get(event) ?? new Listeners<[never, Place | undefined]>()
    this.#handlers.set(event, listeners)
    return listeners.add(handler as Handler)
  }

  onState(handler: (state: ConnectionState, before: ConnectionState) => void): () => void {
    return this.#stateListeners.add(handler)
  }

  /** The network or the person is back: does not wait for the end of a backoff. */
  hurry(): void {
    if (this.#retryTimer === undefined || performance.now() - this.#hurriedAt < hurryEveryMs) return
    this.#hurriedAt = performance.now()
    this.#attempt = 0
    this.#connect()
  }

  /** For good. What is unanswered fails. Calling it twice is harmless. */
  close(): void {
    if (this.#state === 'closed') return
    this.#drop()
    this.#end(after(this.#state, { type: 'ended' }), new VisavisError('GONE', 'the connection was closed here'))
  }

  #connect(): void {
    clearTimeout(this.#retryTimer)
    this.#retryTimer = undefined
    const socket = openSocket(this.#options, {
      onFrame: (frame) => this.#onFrame(socket, frame),
      onLost: (code, reason, error) => {
        if (this.#socket === socket) this.#onLost(code, reason, error)
      },
    })
    this.#socket = socket
  }

  #onFrame(socket: Socket, frame: ServerFrame): void {
    if (this.#socket !== socket) return
    if ('event' in frame) this.#deliver(frame)
    else if (frame.id === socket.openRequest) this.#onOpenAnswer(socket, frame)
    else this.#requests.answer(frame)
  }

  #deliver({ event, data, stream, position }: EventFrame): void {
    const place = stream === undefined || position === undefined ? undefined : { stream, position }
    // An event of a newer server, unknown here, has no listeners.
    this.#handlers.get(event as EventName)?.emit(data as never, place)
  }

  #onOpenAnswer(socket: Socket, answer: Response): void {
    if ('error' in answer) {
      const error = fromWire(answer.error)
      // Otherwise the server closes the connection with a code that says whether to come back.
      if (error.retryable) {
        this.#drop()
        this.#onLost(closeCodes.RESTART.code, error.message, error)
      } else this.#failure = error
      return
    }
    const session = answer.result as Session
    this.#session = session
    this.#skewMs = session.now - Date.now()
    this.#openedAt = performance.now()
    this.#failure = undefined
    this.#watchTimer = setInterval(() => this.#watch(), silenceMs / 4)
    this.#requests.open({ send: socket.send, maxFrameBytes: session.maxFrameBytes })
    this.#enter(after(this.#state, { type: 'opened' }))
    this.#opened.resolve(session)
    this.#log('open', { session: session.session })
  }

  #onLost(code: number, reason: string, error?: Error): void {
    this.#drop()
    const next = after(this.#state, { type: 'lost', code })
    this.#log('lost', { code, reason, next })
    if (next === 'closed') {
      const refusal = this.#failure ?? (error instanceof VisavisError ? error : undefined)
      this.#failure = refusal ?? failureOf(code, reason)
      this.#end(next, this.#failure)
      return
    }
    if (this.#openedAt !== 0 && performance.now() - this.#openedAt > steadyMs) this.#attempt = 0
    this.#openedAt = 0
    const askedMs = error instanceof VisavisError ? error.retryAfterMs : undefined
    const waitMs = backoffMs(this.#attempt, Math.random(), askedMs)
    this.#attempt += 1
    this.#retryTimer = setTimeout(() => this.#connect(), waitMs)
    this.#requests.pause()
    this.#enter(next)
  }

  #watch(): void {
    const { oldestSentAt } = this.#requests
    if (oldestSentAt === undefined || this.#socket === undefined) return
    const silentSince = Math.max(oldestSentAt, this.#socket.lastFrameAt)
    if (performance.now() - silentSince > silenceMs) this.#onLost(closeCodes.IDLE.code, 'no answer')
  }

  /** Lets go of the socket without waiting for its close, which takes minutes when the network is gone. */
  #drop(): void {
    clearInterval(this.#watchTimer)
    clearTimeout(this.#retryTimer)
    this.#retryTimer = undefined
    const socket = this.#socket
    this.#socket = undefined
    socket?.drop()
  }

  #end(state: ConnectionState, error: VisavisError): void {
    this.#opened.reject(error)
    this.#enter(state)
    this.#requests.end(error)
  }

  #enter(state: ConnectionState): void {
    if (state === this.#state) return
    const before = this.#state
    this.#state = state
    this.#stateListeners.emit(state, before)
  }

  #log(message: string, details: Readonly<Record<string, unknown>>): void {
    this.#options.log?.(message, details)
  }
}

function failureOf(code: number, reason: string): VisavisError {
  const details = { closeCode: code, reason }
  if (code === closeCodes.UNAUTHORIZED.code)
    return new VisavisError('UNAUTHENTICATED', 'the token was refused', { details })
  if (code === closeCodes.REMOVED.code) return new VisavisError('FORBIDDEN', 'this account is closed', { details })
  return new VisavisError('UNSUPPORTED', `the server closed the connection with ${code}`, { details })
}
