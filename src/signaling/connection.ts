/**
 * One socket, from accept to close. The first request opens the session; until then nothing else is answered.
 *
 * | state   | enters                          | leaves                                                     |
 * |---------|---------------------------------|------------------------------------------------------------|
 * | new     | the socket was accepted         | session.open → opening; time out or bad frame → closed     |
 * | opening | session.open is being decided   | answered → open; refused → new, or closed with its reason  |
 * | open    | the answer was written          | either side closes → closed                                |
 * | closed  | the socket is closing or gone   | never                                                      |
 *
 * It has no timers of its own: `tick` is called for all connections of a node in turn.
 */
import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import type { RawData, WebSocket } from 'ws'
import type { Identity } from '../auth/identity.ts'
import type { Conversation } from '../enrolment/enrolment.ts'
import {
  type CloseReason,
  closeCodes,
  type DataOf,
  type EventName,
  events,
  methods,
  type ParamsOf,
  type Request,
  type Response,
  type ResultOf,
  type Role,
  VisavisError,
} from '../protocol/index.ts'
import type { Corks } from '../store/corks.ts'
import type { Dispatcher } from './dispatcher.ts'
import { encodeEvent, type Outgoing, type Subscriber, type Topic } from './fanout.ts'
import type { Caller } from './handlers.ts'
import { decide, Held, type OutboxLimits } from './outbox.ts'
import { type Bucket, fullBucket, isFull, type Rate, take } from './rate-limit.ts'
import type { Session } from './session.ts'
import { textFrame } from './text-frame.ts'

export interface ConnectionLimits {
  readonly openTimeoutMs: number
  readonly heartbeatMs: number
  readonly outbox: OutboxLimits
  readonly maxInFlight: number
  readonly requests: Rate
}

/** Where a connection comes from. */
export interface Place {
  readonly socket: WebSocket
  /** What the socket's frames are written to. */
  readonly raw: Socket
  /** IP address of the client. */
  readonly address: string
}

/** What all connections of a node share: they are many, so each keeps only what is its own. */
export interface ConnectionHost {
  readonly dispatcher: Dispatcher
  readonly limits: ConnectionLimits
  readonly log: Logger
  /** Decides on session.open; throws a VisavisError to refuse. Until its answer is written, events are kept back. */
  readonly open: (
    connection: Connection,
    params: ParamsOf<'session.open'>,
  ) => Promise<{ session: Session; result: ResultOf<'session.open'> }>
  readonly corks: Corks
  readonly onRequest: (method: string, outcome: string, ms: number) => void
  readonly onEvent: (event: EventName) => void
  /** A limit was reached. */
  readonly onLimit: (limit: 'inFlight' | 'requests' | 'outbox' | 'frameBytes' | 'fragments') => void
  /** Called once. `reason` is absent when the client closed or vanished; `code` is what the client said. */
  readonly onClose: (connection: Connection, reason: CloseReason | undefined, code: number) => void
}

const owner = Symbol('connection')
type Owned = WebSocket & { [owner]?: Connection }

function onMessage(this: Owned, data: RawData, isBinary: boolean): void {
  this[owner]?.received(data, isBinary)
}
function onPing(this: Owned, data: Buffer): void {
  this[owner]?.pinged(data)
}
function onPong(this: Owned): void {
  this[owner]?.ponged()
}
function onClose(this: Owned, code: number): void {
  this[owner]?.left(code)
}
function onError(this: Owned, err: Error): void {
  this[owner]?.failed(err)
}

/** A log that is followed is never so far behind: a lost nudge is found within a second. */
const catchUpMs = 5_000
/** So many heartbeats may be without a sign of life. */
const lastBeat = 2
/** How long before the token expires the client is told. */
const endingMs = 60_000
/**
 * So many requests may be refused at once, and as many per second as are allowed; a client that goes on is not spoken
 * with any more.
 */
const mostRefused = 1_000
/** After which whoever was not spoken with any more may come back. */
const tooFastWaitMs = 5_000
/** Limits that the WebSocket layer keeps, by the code of its error. */
const limitsBelow = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 'frameBytes',
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 'frameBytes',
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 'fragments',
} as const

export class Connection implements Caller, Subscriber {
  /** Of this connection alone; the session's is `id`. */
  readonly connection = randomUUID()
  readonly #host: ConnectionHost
  readonly #place: Place
  readonly #acceptedAt = performance.now()
  #session: Session | undefined
  #opening = false
  /** Events that came while the answer to session.open was being made. */
  #early: Outgoing[] | undefined
  /**
   * Up to which offset each stream was told by the answer to session.open: Redis may have been read ahead of the log that
   * this node follows, whose events then come a little later. Forgotten as soon as the log has caught up.
   */
  #told: Map<Topic, number> | undefined
  #toldUntil = 0
  #held: Held | undefined
  #inFlight = 0
  /** Absent while they are full. */
  #bucket: Bucket | undefined
  #refusals: Bucket | undefined
  /** The newest ping that is not answered yet. */
  #ping: Buffer | undefined
  /** Heartbeats sent since the client last gave a sign of life. */
  #silentBeats = 0
  #nextBeatAt = Number.POSITIVE_INFINITY
  #warned = false
  #reason: CloseReason | undefined
  #closed = false

  /** Listeners are attached here, before anything is awaited, so that no frame is lost. */
  constructor(host: ConnectionHost, place: Place) {
    this.#host = host
    this.#place = place
    const socket: Owned = place.socket
    socket[owner] = this
    // The same functions for all sockets: five of its own would be a tenth of what an idle connection holds.
    socket.on('message', onMessage)
    socket.on('ping', onPing)
    socket.on('pong', onPong)
    socket.on('close', onClose)
    socket.on('error', onError)
  }

  /** The session's, or the connection's own before one is open. */
  get id(): string {
    return this.#session?.id ?? this.connection
  }

  /** @throws VisavisError UNAUTHENTICATED before the session is open. */
  get session(): Session {
    if (this.#session === undefined) throw new VisavisError('UNAUTHENTICATED', 'no session is open on this connection')
    return this.#session
  }

  get identity(): Identity {
    return this.session.identity
  }

  /** Absent until the session is open. */
  get role(): Role | undefined {
    return this.#session?.identity.role
  }

  get conversations(): ReadonlyMap<string, Conversation> {
    return this.session.conversationsAt(Date.now())
  }

  get counterparts(): readonly string[] {
    return this.session.counterparts
  }

  requireConversation(jobseeker: string): Conversation {
    return this.session.requireConversation(jobseeker, Date.now())
  }

  requireNotes(jobseeker: string): void {
    this.session.requireNotes(jobseeker, Date.now())
  }

  keepsNotes(jobseeker: string): boolean {
    return this.session.keepsNotes(jobseeker, Date.now())
  }

  get expiresAt(): number {
    return this.session.expiresAt
  }

  get onlyRoom(): string | undefined {
    return this.session.onlyRoom
  }

  get onlyCheck(): boolean {
    return this.session.onlyCheck
  }

  get address(): string {
    return this.#place.address
  }

  get closed(): boolean {
    return this.#closed
  }

  /** What this client has not taken yet: written, and not handed to the kernel. */
  get waitingBytes(): number {
    return this.#place.socket.bufferedAmount
  }

  notify<E extends EventName>(event: E, data: DataOf<E>): void {
    this.deliver(outgoingOf(event, event, data))
  }

  /** Before what is being kept back, which may be newer than what was read meanwhile. */
  notifyFirst<E extends EventName>(topic: Topic, event: E, data: DataOf<E>): void {
    const outgoing = outgoingOf(topic, event, data)
    if (this.#closed || this.#early === undefined) this.deliver(outgoing)
    else this.#early.unshift(outgoing)
  }

  deliver(outgoing: Outgoing): void {
    if (this.#closed) return
    if (this.#early !== undefined) this.#early.push(outgoing)
    else if (this.#session !== undefined) this.#send(outgoing)
  }

  /** From now on events are kept back: until the answer to session.open is written, or until `release`. */
  hold(): void {
    this.#early ??= []
  }

  /** What was kept back is sent. Not before the answer to session.open, which comes first and does so itself. */
  release(): void {
    if (this.#session !== undefined) this.#sendEarly()
  }

  close(reason: CloseReason, { waitMs = 0 }: { waitMs?: number } = {}): void {
    if (this.#closed || this.#reason !== undefined) return
    this.#reason = reason
    const { socket } = this.#place
    socket.close(closeCodes[reason].code, waitMs > 0 ? `${reason} ${Math.ceil(waitMs)}` : reason)
    // A client that does not answer the close frame is not waited for.
    const timer = setTimeout(() => socket.terminate(), 1_000)
    socket.once('close', () => clearTimeout(timer))
    this.left(1005)
  }

  /** What is due: called a few times a second. `now` is performance.now, `clock` is Date.now. */
  tick(now: number, clock: number): void {
    if (this.#closed) return
    this.#answerPing()
    if (this.#session === undefined) {
      if (!this.#opening && now - this.#acceptedAt > this.#host.limits.openTimeoutMs) this.close('OPEN_TIMEOUT')
      return
    }
    if (this.#held !== undefined && this.#held.size > 0) this.#release(this.#held)
    if (this.#bucket !== undefined && isFull(this.#bucket, this.#host.limits.requests, now)) this.#bucket = undefined
    if (this.#told !== undefined && now > this.#toldUntil) this.#told = undefined
    const { expiresAt } = this.#session
    if (clock >= expiresAt) {
      this.close('UNAUTHORIZED')
      return
    }
    if (!this.#warned && clock >= expiresAt - endingMs) {
      this.#warned = true
      this.notify('session.ending', { reason: 'token-expiry', endsAt: expiresAt })
    }
    if (now >= this.#nextBeatAt) this.#beat(now, clock)
  }

  /** The next heartbeat that finds the client silent is its last. */
  probe(): void {
    if (this.#closed || this.#session === undefined || this.#silentBeats >= lastBeat) return
    this.#silentBeats = lastBeat - 1
    this.#beat(performance.now(), Date.now())
  }

  /** A new token was accepted: it will be told again before that one ends. */
  refreshed(): void {
    this.#warned = false
  }

  received(data: RawData, isBinary: boolean): void {
    if (this.#closed) return
    this.#silentBeats = 0
    const request = isBinary ? undefined : this.#host.dispatcher.parse(data.toString())
    if (request === undefined) {
      this.close('BAD_FRAME')
      return
    }
    void this.#answer(request).catch((err) => {
      this.#host.log.error({ err, session: this.id }, 'an answer could not be given')
    })
  }

  /**
   * A ping costs as much as the cheapest request. Of several that come at once only the newest is answered, which
   * RFC 6455 §5.5.3 allows: a flood of them makes no flood of answers.
   */
  pinged(data: Buffer): void {
    if (this.#closed) return
    this.#silentBeats = 0
    const first = this.#ping === undefined
    this.#ping = data
    // Those beyond the budget are answered by the tick.
    if (this.#pay(1, performance.now()) === 0 && first) setImmediate(() => this.#answerPing())
  }

  #answerPing(): void {
    const { socket } = this.#place
    const { limits } = this.#host
    const ping = this.#ping
    if (ping === undefined || this.#closed || socket.bufferedAmount > limits.outbox.softBytes) return
    this.#ping = undefined
    socket.pong(ping)
  }

  async #answer(request: Request): Promise<void> {
    const startedAt = performance.now()
    this.#inFlight += 1
    const response = this.#refuse(request, startedAt) ?? (await this.#respond(request))
    this.#inFlight -= 1
    this.#host.onRequest(
      request.method,
      'error' in response ? response.error.code : 'ok',
      performance.now() - startedAt,
    )
    this.#write(textFrame(JSON.stringify(response)), 'live')
    if (request.method === 'session.open' && 'result' in response) this.#opened(response.result)
  }

  /** Limits that are checked before anything is done; undefined when the request may go on. */
  #refuse({ id, method }: Request, now: number): Response | undefined {
    const { dispatcher, limits, onLimit } = this.#host
    const context = { id, method, session: this.id }
    if (this.#inFlight > limits.maxInFlight) {
      onLimit('inFlight')
      this.#overstep(now)
      const error = new VisavisError('RATE_LIMITED', `more than ${limits.maxInFlight} requests in flight`, {
        details: { limit: 'inFlight', most: limits.maxInFlight },
        retryAfterMs: 100,
      })
      return { id, error: dispatcher.toError(error, context) }
    }
    const waitMs = this.#pay(costOf(method), now)
    if (waitMs === 0) return undefined
    const { perSecond, burst } = limits.requests
    const error = new VisavisError('RATE_LIMITED', `more than ${perSecond} requests a second`, {
      details: { limit: 'requests', perSecond, burst },
      retryAfterMs: waitMs,
    })
    return { id, error: dispatcher.toError(error, context) }
  }

  /** Takes the cost from the budget. @returns 0, or after how many ms there will be enough. */
  #pay(cost: number, now: number): number {
    const { limits, onLimit } = this.#host
    const { bucket, waitMs } = take(this.#bucket ?? fullBucket(limits.requests, now), limits.requests, cost, now)
    this.#bucket = bucket
    if (waitMs > 0) {
      onLimit('requests')
      this.#overstep(now)
    }
    return waitMs
  }

  /** Answering somebody who does not listen would cost the others. */
  #overstep(now: number): void {
    const { bucket, waitMs } = take(this.#refusals ?? fullBucket(this.#refusalRate, now), this.#refusalRate, 1, now)
    this.#refusals = bucket
    if (waitMs > 0) this.close('TOO_FAST', { waitMs: tooFastWaitMs })
  }

  get #refusalRate(): Rate {
    return { perSecond: this.#host.limits.requests.perSecond, burst: mostRefused }
  }

  async #respond(request: Request): Promise<Response> {
    const { dispatcher } = this.#host
    if (request.method === 'session.open') return this.#openSession(request)
    if (this.#session === undefined) {
      const error = new VisavisError('UNAUTHENTICATED', 'the first request must be session.open')
      return {
        id: request.id,
        error: dispatcher.toError(error, { id: request.id, method: request.method, session: this.id }),
      }
    }
    return dispatcher.dispatch(this, request)
  }

  async #openSession({ id, method, params }: Request): Promise<Response> {
    const { dispatcher, open } = this.#host
    // Of several at once, those that are refused must not undo what the first one has begun.
    const first = !this.#opening
    try {
      dispatcher.check('session.open', params)
      if (!first) throw new VisavisError('CONFLICT', 'the session of this connection is open already')
      this.#opening = true
      const { session, result } = await open(this, params as ParamsOf<'session.open'>)
      if (this.#closed) throw new VisavisError('GONE', 'the connection is closed')
      this.#session = session
      return { id, result }
    } catch (error) {
      const wire = dispatcher.toError(error, { id, method, session: this.id })
      if (first) {
        this.#opening = false
        this.#early = undefined
        // The answer is written first, then the close frame: the client learns why.
        if (wire.code === 'UNAUTHENTICATED') setImmediate(() => this.close('UNAUTHORIZED'))
        if (wire.code === 'FORBIDDEN') setImmediate(() => this.close('REMOVED'))
        if (wire.code === 'UNSUPPORTED') setImmediate(() => this.close('UNSUPPORTED_VERSION'))
      }
      return { id, error: wire }
    }
  }

  /** The answer is written: what came meanwhile follows, unless the answer told it already. */
  #opened(result: unknown): void {
    const { streams } = result as ResultOf<'session.open'>
    const { heartbeatMs } = this.#host.limits
    // The first one at any time within the interval, so that a crowd that came at once does not beat at once.
    this.#nextBeatAt = performance.now() + heartbeatMs * (0.5 + Math.random() / 2)
    this.#told = new Map(streams.map(({ stream, position }) => [stream, position.offset]))
    this.#toldUntil = performance.now() + catchUpMs
    this.#sendEarly()
  }

  #sendEarly(): void {
    const early = this.#early ?? []
    this.#early = undefined
    for (const outgoing of early) this.#send(outgoing)
  }

  #beat(now: number, clock: number): void {
    if (this.#silentBeats >= lastBeat) {
      this.close('IDLE')
      this.#place.socket.terminate()
      return
    }
    this.#silentBeats += 1
    this.#nextBeatAt = now + this.#host.limits.heartbeatMs
    this.notify('session.heartbeat', { now: clock })
  }

  #send({ topic, offset, event, delivery, frame }: Outgoing): void {
    if (this.#told !== undefined && offset !== undefined && offset <= (this.#told.get(topic) ?? 0)) return
    // What was kept back may have lost its reader meanwhile.
    if (!this.session.mayHear(topic, Date.now())) return
    if (this.#write(frame, delivery) === 'hold') {
      this.#held ??= new Held()
      this.#held.put(`${topic} ${event}`, frame)
      return
    }
    // Or else what was held of the same subject would follow it, and stand for what is now.
    if (delivery === 'latest') this.#held?.drop(`${topic} ${event}`)
    this.#host.onEvent(event)
  }

  #release(held: Held): void {
    const { socket } = this.#place
    const { limits } = this.#host
    if (socket.bufferedAmount > limits.outbox.softBytes) return
    for (const frame of held.takeAll()) this.#write(frame, 'live')
  }

  #write(frame: Buffer, delivery: Outgoing['delivery']): 'sent' | 'hold' {
    const { socket, raw } = this.#place
    const { limits, onLimit, corks } = this.#host
    if (this.#closed || socket.readyState !== socket.OPEN) return 'sent'
    let decision = decide(socket.bufferedAmount, frame.length, delivery, limits.outbox)
    if (decision !== 'send') {
      corks.flush(raw)
      decision = decide(socket.bufferedAmount, frame.length, delivery, limits.outbox)
    }
    if (decision === 'hold') return 'hold'
    if (decision === 'close') {
      onLimit('outbox')
      this.close('TOO_SLOW')
      // The close frame would wait behind everything the client does not read.
      socket.terminate()
      return 'sent'
    }
    corks.cork(raw)
    // Past `ws`, which would encode it for this client alone. It has nothing waiting: nothing is compressed.
    raw.write(frame)
    return 'sent'
  }

  ponged(): void {
    this.#pay(1, performance.now())
  }

  failed(err: Error & { readonly code?: string }): void {
    const limit = Object.entries(limitsBelow).find(([code]) => code === err.code)?.[1]
    if (limit !== undefined) this.#host.onLimit(limit)
    this.#host.log.debug({ err, connection: this.connection }, 'socket error')
  }

  /** The socket is closed, by whomever. */
  left(code: number): void {
    if (this.#closed) return
    this.#closed = true
    this.#host.onClose(this, this.#reason, code)
  }
}

const costOf = (method: string): number =>
  Object.hasOwn(methods, method) ? methods[method as keyof typeof methods].cost : 1

/** Of no stream: nobody asks for it later. */
function outgoingOf<E extends EventName>(topic: Topic, event: E, data: DataOf<E>): Outgoing {
  const { delivery } = events[event]
  return { topic, offset: undefined, event, delivery, frame: encodeEvent(event, data) }
}
