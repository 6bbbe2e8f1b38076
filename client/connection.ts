/** One person's connection to Visavis across sockets: opens, authenticates, comes back by itself. See lifecycle.ts. */
import { closeCodes, VisavisError } from '../src/protocol/errors.ts'
import type {
  DataOf,
  EventFrame,
  EventName,
  MethodName,
  ParamsOf,
  Position,
  RecoveredStream,
  Response,
  ResultOf,
  ServerFrame,
  StreamPosition,
} from '../src/protocol/index.ts'
import { backoffMs, waitOf } from './backoff.ts'
import { after, type ConnectionState } from './lifecycle.ts'
import { Listeners } from './listeners.ts'
import { Recovery } from './recovery.ts'
import { type CallOptions, fromWire, Requests } from './requests.ts'
import { openSocket, type Socket } from './socket.ts'
import type { DeviceStorage } from './storage.ts'
import { TokenRefresh } from './token-refresh.ts'

export interface ConnectOptions {
  /** Of the server: `https://host`, `wss://host`, or the page's own `location.origin`. */
  readonly url: string
  /**
   * Asked before every connection and when most of the last token's life is over, so it should give a new one each time.
   * Its value goes to the server only. Rejecting with a VisavisError that is not retryable (nobody is signed in) closes
   * the connection for good.
   */
  readonly token: () => string | Promise<string>
  /** A session for `checks` alone: also whoever has yet to join, or has left, may open one. */
  readonly only?: 'check'
  /** Where the heads of attendance records are kept. Default: localStorage, or memory where there is none. */
  readonly storage?: DeviceStorage
  /** What happens to the connection, for diagnosis. Never holds tokens or texts. */
  readonly log?: (message: string, details?: Readonly<Record<string, unknown>>) => void
}

export type Session = ResultOf<'session.open'>
/** Where a durable event lies in its stream. */
export interface Place {
  readonly stream: string
  readonly position: Position
}

type Handler = (data: never, place: Place | undefined, told: boolean) => void

/** With a request unanswered and not a frame received for so long, the socket is dead, whatever the browser thinks. */
const silenceMs = 10_000
/** So many heartbeats missing mean the same without a request. */
const silentHeartbeats = 2
/** How often silence is looked for, at least. */
const watchEveryMs = 2_500
/** A connection that stood so long was a good one: the next loss begins with the shortest wait. */
const steadyMs = 5_000
/** Coming back at once (the network returned, the page became visible) happens at most so often. */
const hurryEveryMs = 1_000

export class Connection {
  readonly #options: ConnectOptions
  readonly #requests = new Requests()
  readonly #handlers = new Map<EventName, Listeners<[never, Place | undefined, boolean]>>()
  readonly #stateListeners = new Listeners<[ConnectionState, ConnectionState]>()
  readonly #refusalListeners = new Listeners<[]>()
  readonly #streamListeners = new Listeners<[string, RecoveredStream | undefined]>()
  readonly #recoveredListeners = new Listeners<[RecoveredStream]>()
  readonly #opened = Promise.withResolvers<Session>()
  readonly #recovery: Recovery
  readonly #tokenRefresh: TokenRefresh
  #state: ConnectionState = 'connecting'
  #session: Session | undefined
  #skewMs = 0
  #socket: Socket | undefined
  #attempt = 0
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  #watchTimer: ReturnType<typeof setInterval> | undefined
  #openedAt = 0
  #hurriedAt = Number.NEGATIVE_INFINITY
  /** Before it (`performance.now`) the server does not want to see this client again. */
  #notBefore = 0
  #failure: VisavisError | undefined
  #refusal: VisavisError | undefined

  constructor(options: ConnectOptions) {
    this.#options = options
    this.#opened.promise.catch(() => {})
    this.#recovery = new Recovery({
      ask: (streams) => this.call('session.recover', { streams: [...streams] }),
      deliver: (event, told) => this.#deliver(event, told),
      onStream: (stream, answer) => this.#streamListeners.emit(stream, answer),
      onRecovered: (answer) => this.#recoveredListeners.emit(answer),
      onRefused: (error) => this.#onLost(closeCodes.RESUME.code, error.message),
    })
    this.#tokenRefresh = new TokenRefresh({
      refresh: async () => {
        const token = await options.token()
        return (await this.call('session.refresh', { token })).expiresAt
      },
      onRefused: (error) => this.#onLost(closeCodes.UNAUTHORIZED.code, error.message),
      now: () => this.now(),
    })
    this.on('session.heartbeat', () => this.#requests.tell('session.heartbeat', {}))
    this.on('session.ending', ({ reason }) => {
      if (reason === 'token-expiry') this.#tokenRefresh.ending()
    })
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

  /** Why the server has not let this client in for now, which asks again by itself; undefined while it has. */
  get refusal(): VisavisError | undefined {
    return this.#refusal
  }

  onRefusal(handler: () => void): () => void {
    return this.#refusalListeners.add(handler)
  }

  /** The server's clock (ms since the epoch), so that waits and ages are right on a wrong local clock. */
  now(): number {
    return Date.now() + this.#skewMs
  }

  call<M extends MethodName>(method: M, params: ParamsOf<M>, options?: CallOptions): Promise<ResultOf<M>> {
    return this.#requests.call(method, params, options)
  }

  /** @param handler `told`: how something stands after an interruption, though it may not have changed. */
  on<E extends EventName>(
    event: E,
    handler: (data: DataOf<E>, place: Place | undefined, told: boolean) => void,
  ): () => void {
    const listeners = this.#handlers.get(event) ?? new Listeners<[never, Place | undefined, boolean]>()
    this.#handlers.set(event, listeners)
    return listeners.add(handler as Handler)
  }

  /**
   * What is known of a durable stream (`channel:<jobseeker>`, `person:<id>`) is void: the snapshot takes its place, and
   * events go on after it. Without an answer, this person takes part in the stream no longer. Events of a stream arrive
   * each exactly once and in order otherwise, whatever happens to the connection.
   */
  onStream(handler: (stream: string, answer: RecoveredStream | undefined) => void): () => void {
    return this.#streamListeners.add(handler)
  }

  /** All that was missed of a durable stream has been told, as events; the answer also says what is no event of it. */
  onRecovered(handler: (answer: RecoveredStream) => void): () => void {
    return this.#recoveredListeners.add(handler)
  }

  /** Whether this person takes part in a durable stream, as far as the server has told. */
  follows(stream: string): boolean {
    return this.#recovery.has(stream)
  }

  /** Every channel this person takes part in, as the newest list of the server tells. */
  protected setChannels(channels: readonly StreamPosition[]): void {
    this.#recovery.keepOnly('channel', channels)
  }

  onState(handler: (state: ConnectionState, before: ConnectionState) => void): () => void {
    return this.#stateListeners.add(handler)
  }

  /** The network or the person is back: does not wait for the end of a backoff. */
  hurry(): void {
    const now = performance.now()
    if (this.#retryTimer === undefined || now - this.#hurriedAt < hurryEveryMs) return
    this.#hurriedAt = now
    this.#attempt = 0
    clearTimeout(this.#retryTimer)
    if (now >= this.#notBefore) this.#connect()
    else this.#retryTimer = setTimeout(() => this.#connect(), this.#notBefore - now)
  }

  /**
   * Asks for a sign of life: a socket that looks open and is dead (after sleep) is found out by its silence.
   * @param withinMs time for the sign, where there is a reason to doubt.
   */
  probe(withinMs = silenceMs): void {
    const socket = this.#socket
    if (this.#state !== 'open' || socket === undefined) return
    const askedAt = performance.now()
    this.call('session.heartbeat', {}).catch(() => {})
    if (withinMs >= silenceMs) return
    setTimeout(() => {
      if (this.#socket === socket && socket.lastFrameAt < askedAt) this.#onLost(closeCodes.IDLE.code, 'silence')
    }, withinMs)
  }

  /** For good. What is unanswered fails. Calling it twice is harmless. */
  close(): void {
    if (this.#state === 'closed') return
    this.#drop(true)
    this.#end(after(this.#state, { type: 'ended' }), new VisavisError('GONE', 'the connection was closed here'))
  }

  #connect(): void {
    clearTimeout(this.#retryTimer)
    this.#retryTimer = undefined
    const session = this.#session
    const streams = this.#recovery.positions(session?.maxFrameBytes ?? 0)
    const resume = session === undefined ? { streams } : { session: session.session, streams }
    const socket = openSocket(
      { ...this.#options, resume },
      {
        onFrame: (frame) => this.#onFrame(socket, frame),
        onLost: (code, reason, error) => {
          if (this.#socket === socket) this.#onLost(code, reason, error)
        },
      },
    )
    this.#socket = socket
  }

  #onFrame(socket: Socket, frame: ServerFrame): void {
    if (this.#socket !== socket) return
    if ('event' in frame) this.#onEvent(frame)
    else if (frame.id === socket.openRequest) this.#onOpenAnswer(socket, frame)
    else this.#requests.answer(frame)
  }

  #onEvent(frame: EventFrame): void {
    const { stream, position } = frame
    if (stream === undefined || position === undefined) this.#deliver(frame)
    else this.#recovery.take({ ...frame, stream, position })
  }

  #deliver({ event, data, stream, position }: EventFrame, told = false): void {
    const place = stream === undefined || position === undefined ? undefined : { stream, position }
    // An event of a newer server, unknown here, has no listeners.
    this.#handlers.get(event as EventName)?.emit(data as never, place, told)
  }

  #onOpenAnswer(socket: Socket, answer: Response): void {
    if ('error' in answer) {
      const error = fromWire(answer.error)
      // Otherwise the server closes the connection with a code that says whether to come back.
      if (error.retryable) {
        this.#drop()
        this.#refuse(error)
        this.#onLost(closeCodes.RESTART.code, error.message, error)
      } else this.#failure = error
      return
    }
    const session = answer.result as Session
    this.#session = session
    this.#skewMs = session.now - Date.now()
    this.#openedAt = performance.now()
    this.#failure = undefined
    this.#refuse(undefined)
    const watchMs = Math.min(watchEveryMs, session.heartbeatMs / 4)
    this.#watchTimer = setInterval(() => this.#watch(session.heartbeatMs), watchMs)
    this.#tokenRefresh.start(session.expiresAt)
    this.#recovery.resumed(session.streams)
    // A listener may have closed the connection.
    if (this.#socket !== socket) return
    this.#requests.open({ send: socket.send, maxFrameBytes: session.maxFrameBytes })
    this.#enter(after(this.#state, { type: 'opened' }))
    this.#opened.resolve(session)
    this.#log('open', { session: session.session })
  }

  #onLost(code: number, reason: string, error?: Error): void {
    if (this.#state === 'closed') return
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
    const askedMs = error instanceof VisavisError ? error.retryAfterMs : waitOf(reason)
    this.#notBefore = performance.now() + (askedMs ?? 0)
    const waitMs = backoffMs(this.#attempt, Math.random(), askedMs)
    this.#attempt += 1
    this.#retryTimer = setTimeout(() => this.#connect(), waitMs)
    this.#requests.pause()
    this.#enter(next)
  }

  #refuse(error: VisavisError | undefined): void {
    if (error === this.#refusal) return
    this.#refusal = error
    this.#refusalListeners.emit()
  }

  #watch(heartbeatMs: number): void {
    if (this.#socket === undefined) return
    const { oldestSentAt = Number.POSITIVE_INFINITY } = this.#requests
    const { lastFrameAt } = this.#socket
    const now = performance.now()
    const unanswered = now - Math.max(oldestSentAt, lastFrameAt) > silenceMs
    if (unanswered || now - lastFrameAt > silentHeartbeats * heartbeatMs) this.#onLost(closeCodes.IDLE.code, 'silence')
  }

  /** Lets go of the socket without waiting for its close, which takes minutes when the network is gone. */
  #drop(forGood = false): void {
    clearInterval(this.#watchTimer)
    clearTimeout(this.#retryTimer)
    this.#retryTimer = undefined
    const socket = this.#socket
    this.#socket = undefined
    this.#tokenRefresh.stop()
    this.#recovery.lost()
    socket?.drop(forGood)
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
  if (code === closeCodes.REPLACED.code)
    return new VisavisError('CONFLICT', 'this session was opened elsewhere', { details })
  if (code === closeCodes.REMOVED.code) return new VisavisError('FORBIDDEN', 'this account is closed', { details })
  return new VisavisError('UNSUPPORTED', `the server closed the connection with ${code}`, { details })
}
