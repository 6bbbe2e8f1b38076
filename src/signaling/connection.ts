/**
 * One socket, from accept to close. The first request opens the session; until then nothing else is answered.
 *
 * | state  | enters                        | leaves                                             |
 * |--------|-------------------------------|----------------------------------------------------|
 * | new    | the socket was accepted       | session.open → open; time out or bad frame → closed |
 * | open   | the token was accepted        | either side closes → closed                        |
 * | closed | the socket is closing or gone | never                                              |
 */
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { RawData, WebSocket } from 'ws'
import type { Identity } from '../auth/identity.ts'
import {
  type CloseReason,
  closeCodes,
  type DataOf,
  type EventName,
  type ParamsOf,
  type Request,
  type Response,
  type ResultOf,
  type Role,
  VisavisError,
} from '../protocol/index.ts'
import type { Dispatcher } from './dispatcher.ts'
import { encodeEvent, type Subscriber } from './fanout.ts'
import type { Caller } from './handlers.ts'
import { decide } from './outbox.ts'

export interface ConnectionLimits {
  readonly openTimeoutMs: number
  readonly pingIntervalMs: number
  readonly outboxBytes: number
  readonly maxInFlight: number
}

export interface ConnectionOptions {
  readonly socket: WebSocket
  /** IP address of the client. */
  readonly address: string
  readonly dispatcher: Dispatcher
  readonly limits: ConnectionLimits
  readonly log: Logger
  /** Decides on session.open; throws a VisavisError to refuse. */
  readonly open: (
    connection: Connection,
    params: ParamsOf<'session.open'>,
  ) => Promise<{ identity: Identity; expiresAt: number; result: ResultOf<'session.open'> }>
  readonly onRequest: (method: string, outcome: string, ms: number) => void
  readonly onEvent: (event: EventName) => void
  /** Called once. `reason` is absent when the client closed or vanished. */
  readonly onClose: (connection: Connection, reason: CloseReason | undefined) => void
}

export class Connection implements Caller, Subscriber {
  readonly id = randomUUID()
  readonly #options: ConnectionOptions
  readonly #openTimer: NodeJS.Timeout
  readonly #pingTimer: NodeJS.Timeout
  #expiryTimer: NodeJS.Timeout | undefined
  #identity: Identity | undefined
  #opening = false
  #inFlight = 0
  /** Pings sent since the client last gave a sign of life. */
  #silentPings = 0
  #reason: CloseReason | undefined
  #closed = false

  /** Listeners are attached here, before anything is awaited, so that no frame is lost. */
  constructor(options: ConnectionOptions) {
    this.#options = options
    const { socket, limits } = options
    socket.on('message', (data: RawData, isBinary: boolean) => this.#onFrame(data, isBinary))
    socket.on('pong', () => {
      this.#silentPings = 0
    })
    socket.on('close', () => this.#onClose())
    socket.on('error', (err) => options.log.debug({ err, session: this.id }, 'socket error'))
    this.#openTimer = setTimeout(() => this.close('OPEN_TIMEOUT'), limits.openTimeoutMs)
    this.#pingTimer = setInterval(() => this.#ping(), limits.pingIntervalMs)
  }

  /** @throws VisavisError UNAUTHENTICATED before the session is open. */
  get identity(): Identity {
    if (this.#identity === undefined) throw new VisavisError('UNAUTHENTICATED', 'no session is open on this connection')
    return this.#identity
  }

  /** Absent until the session is open. */
  get role(): Role | undefined {
    return this.#identity?.role
  }

  get isOpen(): boolean {
    return this.#identity !== undefined && !this.#closed
  }

  get address(): string {
    return this.#options.address
  }

  get closed(): boolean {
    return this.#closed
  }

  notify<E extends EventName>(event: E, data: DataOf<E>): void {
    this.sendEvent(event, encodeEvent(event, data))
  }

  sendEvent(event: EventName, frame: string): void {
    if (!this.isOpen) return
    this.#options.onEvent(event)
    this.#write(frame)
  }

  close(reason: CloseReason): void {
    if (this.#closed || this.#reason !== undefined) return
    this.#reason = reason
    const { socket } = this.#options
    socket.close(closeCodes[reason].code, reason)
    // A client that does not answer the close frame is not waited for.
    const timer = setTimeout(() => socket.terminate(), 1_000)
    socket.once('close', () => clearTimeout(timer))
    this.#onClose()
  }

  #onFrame(data: RawData, isBinary: boolean): void {
    if (this.#closed) return
    this.#silentPings = 0
    const request = isBinary ? undefined : this.#options.dispatcher.parse(data.toString())
    if (request === undefined) {
      this.close('BAD_FRAME')
      return
    }
    void this.#answer(request).catch((err) => {
      this.#options.log.error({ err, session: this.id }, 'an answer could not be given')
    })
  }

  async #answer(request: Request): Promise<void> {
    const startedAt = performance.now()
    this.#inFlight += 1
    const response = await this.#respond(request)
    this.#inFlight -= 1
    this.#options.onRequest(
      request.method,
      'error' in response ? response.error.code : 'ok',
      performance.now() - startedAt,
    )
    this.#write(JSON.stringify(response))
  }

  async #respond(request: Request): Promise<Response> {
    const { dispatcher, limits } = this.#options
    const context = { id: request.id, method: request.method, session: this.id }
    if (this.#inFlight > limits.maxInFlight) {
      const error = new VisavisError('RATE_LIMITED', `more than ${limits.maxInFlight} requests in flight`, {
        details: { maxInFlight: limits.maxInFlight },
        retryAfterMs: 100,
      })
      return { id: request.id, error: dispatcher.toError(error, context) }
    }
    if (request.method === 'session.open') return this.#openSession(request)
    if (this.#identity === undefined) {
      const error = new VisavisError('UNAUTHENTICATED', 'the first request must be session.open')
      return { id: request.id, error: dispatcher.toError(error, context) }
    }
    return dispatcher.dispatch(this, request)
  }

  async #openSession({ id, method, params }: Request): Promise<Response> {
    const { dispatcher, open } = this.#options
    try {
      dispatcher.check('session.open', params)
      if (this.#opening) throw new VisavisError('CONFLICT', 'the session of this connection is open already')
      this.#opening = true
      const opened = await open(this, params as ParamsOf<'session.open'>)
      if (this.#closed) throw new VisavisError('GONE', 'the connection is closed')
      clearTimeout(this.#openTimer)
      this.#identity = opened.identity
      this.#expireAt(opened.expiresAt)
      return { id, result: opened.result }
    } catch (error) {
      const wire = dispatcher.toError(error, { id, method, session: this.id })
      if (this.#identity === undefined) {
        this.#opening = false
        // The answer is written first, then the close frame: the client learns why.
        if (wire.code === 'UNAUTHENTICATED') queueMicrotask(() => setImmediate(() => this.close('UNAUTHORIZED')))
        if (wire.code === 'UNSUPPORTED') queueMicrotask(() => setImmediate(() => this.close('UNSUPPORTED_VERSION')))
      }
      return { id, error: wire }
    }
  }

  #expireAt(expiresAt: number): void {
    // setTimeout takes at most 2^31 − 1 ms; no token lives that long.
    const ms = Math.min(Math.max(expiresAt - Date.now(), 0), 2_147_483_647)
    this.#expiryTimer = setTimeout(() => this.close('UNAUTHORIZED'), ms)
  }

  #ping(): void {
    if (this.#silentPings >= 2) {
      this.close('IDLE')
      this.#options.socket.terminate()
      return
    }
    this.#silentPings += 1
    this.#options.socket.ping()
  }

  #write(frame: string): void {
    const { socket, limits } = this.#options
    if (this.#closed || socket.readyState !== socket.OPEN) return
    if (decide(socket.bufferedAmount, frame.length, limits.outboxBytes) === 'close') {
      this.close('TOO_SLOW')
      // The close frame would wait behind everything the client does not read.
      socket.terminate()
      return
    }
    socket.send(frame)
  }

  #onClose(): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#openTimer)
    clearInterval(this.#pingTimer)
    clearTimeout(this.#expiryTimer)
    this.#options.onClose(this, this.#reason)
  }
}
