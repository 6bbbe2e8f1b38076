/** The WebSocket route: makes a Connection of every socket and closes them all when the node stops. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import fastifyWebsocket from '@fastify/websocket'
import type { FastifyInstance, FastifyRequest, FastifySchema } from 'fastify'
import type { Logger } from 'pino'
import type { WebSocket } from 'ws'
import type { Metrics } from '../ops/metrics.ts'
import { type EventName, subprotocol, VisavisError } from '../protocol/index.ts'
import { Corks } from '../store/corks.ts'
import { Connection, type ConnectionHost, type ConnectionLimits } from './connection.ts'
import { type Dispatcher, limitOf } from './dispatcher.ts'
import { mayConnect, type Origins } from './origin.ts'
import type { Sessions } from './sessions.ts'

export interface SignalingOptions {
  readonly dispatcher: Dispatcher
  readonly sessions: Sessions
  readonly limits: ConnectionLimits & { readonly maxFrameBytes: number; readonly connectionsPerAddress: number }
  /** Sessions this node can take in per second: those it sends away are told to come back spread over as long. */
  readonly opensPerSecond: number
  readonly origins: Origins
  readonly metrics: Metrics
  readonly log: Logger
  /**
   * A connection is gone, and with it, unless it is taken up again within its grace, the session. `ended`: the person or
   * their page has left, so there is no return to wait for.
   */
  readonly onConnectionGone: (session: string, connection: string, ended: boolean) => void
}

export interface Signaling {
  /** Sends every client away: they come back, to a node that is up, spread so that it can take them in. */
  closeAll(reason: 'RESTART' | 'RESUME'): void
  readonly size: number
}

/** How often each connection is looked at for what is due. */
const tickMs = 250
/** After which somebody whose address has too many connections may try again. */
const tooManyWaitMs = 5_000

const path = '/ws'

/** Not part of the REST documentation. */
const hidden: FastifySchema = { hide: true }

/** A message of many tiny fragments costs far more memory than its bytes (CVE-2026-48779); nobody needs more than these. */
const maxFragments = 16

/** What a client says when the person leaves (1000), and a browser when its page goes (1001): never a lost network. */
const deliberate = [1000, 1001]

/** How long a client may take to close its side after the close frames. */
const closeTimeoutMs = 2_000

export async function registerSignaling(server: FastifyInstance, options: SignalingOptions): Promise<Signaling> {
  const { dispatcher, sessions, limits, metrics, log } = options
  const connections = new Set<Connection>()
  const perAddress = new Map<string, number>()
  const closeAll: Signaling['closeAll'] = (reason) => {
    const everybody = [...connections]
    const spreadMs = (everybody.length * 1_000) / options.opensPerSecond
    for (const [n, connection] of everybody.entries())
      connection.close(reason, { waitMs: spreadMs < 1_000 ? 0 : (n * spreadMs) / everybody.length })
  }
  const ticker = setInterval(() => {
    const [now, clock] = [performance.now(), Date.now()]
    for (const connection of connections) connection.tick(now, clock)
    sessions.tick(clock)
  }, tickMs)
  server.addHook('onClose', async () => clearInterval(ticker))
  metrics.observe('visavis_outbox_bytes', 'Bytes written to clients that they have not taken yet', () => {
    let waiting = 0
    for (const { waitingBytes } of connections) waiting += waitingBytes
    return waiting
  })
  const eventCounters = new Map<EventName, { inc: () => void }>()
  const countEvent = (event: EventName) => {
    let counter = eventCounters.get(event)
    if (counter === undefined) {
      counter = metrics.events.labels({ event })
      eventCounters.set(event, counter)
    }
    counter.inc()
  }

  const requestTimers = new Map<string, { observe: (seconds: number) => void }>()
  const countRequest = (method: string, outcome: string, ms: number) => {
    // Only names of the protocol become labels: a client must not be able to make new time series.
    const label = outcome === 'UNKNOWN_METHOD' ? 'unknown' : method
    const name = `${label} ${outcome}`
    let timer = requestTimers.get(name)
    if (timer === undefined) {
      timer = metrics.requests.labels({ method: label, outcome })
      requestTimers.set(name, timer)
    }
    timer.observe(ms / 1_000)
  }
  const host: ConnectionHost = {
    dispatcher,
    limits,
    log,
    corks: new Corks(),
    open: async (self, params) => {
      const opened = await sessions.open(self, params).catch((error: unknown) => {
        const limit = limitOf(error)
        if (limit !== undefined) metrics.limits.inc({ limit })
        throw error
      })
      if (!self.closed) metrics.sessions.inc({ role: opened.session.identity.role })
      return opened
    },
    onRequest: countRequest,
    onEvent: countEvent,
    onLimit: (limit) => metrics.limits.inc({ limit }),
    onClose: (self, reason, code) => {
      connections.delete(self)
      const others = (perAddress.get(self.address) ?? 1) - 1
      if (others === 0) perAddress.delete(self.address)
      else perAddress.set(self.address, others)
      metrics.connections.dec()
      if (reason !== undefined) metrics.closes.inc({ reason })
      if (self.role !== undefined) metrics.sessions.dec({ role: self.role })
      sessions.remove(self, reason, code)
      const ended = reason === 'REMOVED' || (reason === undefined && deliberate.includes(code))
      options.onConnectionGone(self.id, self.connection, ended)
    },
  }

  const accept = (socket: WebSocket, { raw: { socket: raw }, ip: address }: FastifyRequest) => {
    letGoOfRequest(socket, raw)
    const connection = new Connection(host, { socket, raw, address })
    connections.add(connection)
    metrics.connections.inc()
    const here = (perAddress.get(address) ?? 0) + 1
    perAddress.set(address, here)
    if (here > limits.connectionsPerAddress) {
      metrics.limits.inc({ limit: 'connectionsPerAddress' })
      connection.close('TOO_MANY', { waitMs: tooManyWaitMs })
    }
    if (socket.protocol !== subprotocol) connection.close('UNSUPPORTED_VERSION')
  }

  // In a variable because @types/ws does not know maxFragments and closeTimeout yet.
  const serverOptions = {
    maxPayload: limits.maxFrameBytes,
    maxFragments,
    // A client that breaks the protocol and then keeps its socket open would count as present for 30 s.
    closeTimeout: closeTimeoutMs,
    // By the connection, which pays for them from the client's budget.
    autoPong: false,
    // Without this the server would accept whatever subprotocol is offered first.
    handleProtocols: (offered: Set<string>) => (offered.has(subprotocol) ? subprotocol : false),
  }
  await server.register(fastifyWebsocket, {
    options: serverOptions,
    errorHandler: (error, socket) => {
      log.error({ err: error }, 'a connection failed by a fault of the server')
      socket.terminate()
    },
    preClose: () => closeAll('RESTART'),
  })
  // Before the upgrade, so that a stranger's page gets a 403 and never a socket. The plugin would upgrade any route.
  server.addHook('onRequest', async ({ ws, url, routeOptions, headers, raw, protocol, host, ip }) => {
    if (!ws) return
    const { origin } = headers
    if (routeOptions.url !== path) throw new VisavisError('NOT_FOUND', `there is no WebSocket at ${url.slice(0, 100)}`)
    // RFC 6455 §4.2.1; Node asks for a Host of ordinary requests only.
    if (raw.httpVersion !== '1.1' || headers.host === undefined)
      throw new VisavisError('BAD_REQUEST', 'a WebSocket begins with a request of HTTP/1.1 that has a Host')
    if (mayConnect({ origin, protocol, host }, options.origins)) return
    log.warn({ origin: origin?.slice(0, 200), host, address: ip }, 'a page of another origin was refused')
    throw new VisavisError('FORBIDDEN', 'pages of this origin may not connect')
  })
  // Headers for pages are nothing to a WebSocket, and helmet makes them anew for each request.
  server.get(path, { websocket: true, schema: hidden, helmet: false }, accept)

  return {
    closeAll,
    get size() {
      return connections.size
    },
  }
}

/**
 * The request of the upgrade has been answered. The plugin would keep it for as long as the socket lives, by a listener
 * and by the response that is still assigned to the socket: 5 kB of headers, routes and a logger for each person.
 */
function letGoOfRequest(socket: WebSocket, raw: Socket & { _httpMessage?: ServerResponse | null }): void {
  socket.removeAllListeners('error')
  raw._httpMessage?.detachSocket(raw)
}
