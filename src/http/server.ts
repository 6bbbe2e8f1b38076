/** The Fastify instance: limits, TLS, who is believed about addresses, one error shape. Routes are registered by others. */
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  fastify,
} from 'fastify'
import type { Logger } from 'pino'
import { unchecked } from '../protocol/validator.ts'
import { registerApiDocuments } from './api-documents.ts'
import { BodyDeadlines } from './body-deadlines.ts'
import { readCertificate, watchCertificate } from './certificate.ts'
import { answerBrokenRequests, answerErrors } from './errors.ts'
import { lazyCompilers } from './lazy-schemas.ts'
import { registerEntrance, withoutPrefix } from './prefix.ts'
import { addSecurityHeaders } from './security-headers.ts'

export interface HttpOptions {
  readonly log: Logger
  readonly version: string
  /** PEM files, when the node serves TLS itself: both or neither. */
  readonly tlsCert?: string | undefined
  readonly tlsKey?: string | undefined
  readonly publicUrl?: string | undefined
  readonly nodeOrigins?: readonly string[]
  /** `/visavis`, or empty. */
  readonly pathPrefix?: string
  /** Where the pages ask for tokens, on another site as a rule. */
  readonly tokenUrl?: string | undefined
  /** Addresses and ranges whose X-Forwarded-* headers are believed; nobody's when empty. */
  readonly trustedProxies?: readonly string[]
  /** For a route that takes bodies which may take longer than others. */
  readonly bodies?: BodyDeadlines
}

/**
 * A client that sends its headers a byte a minute is let go (slowloris); Node looks only at intervals. Of a request as a
 * whole this is the longest there is: body-deadlines.ts has the usual time.
 */
const timeouts = { headersTimeout: 10_000, requestTimeout: 60 * 60_000, connectionsCheckingInterval: 2_000 }
const handshakeTimeout = 10_000

/** @throws when the certificate cannot be read or does not fit its key. */
export async function createServer(options: HttpOptions): Promise<FastifyInstance> {
  const {
    log,
    version,
    tlsCert,
    tlsKey,
    publicUrl,
    nodeOrigins = [],
    tokenUrl,
    pathPrefix = '',
    trustedProxies = [],
    bodies = new BodyDeadlines(),
  } = options
  const tls = tlsCert === undefined || tlsKey === undefined ? undefined : { cert: tlsCert, key: tlsKey }
  const certificate = tls && (await readCertificate(tls))
  const loggerInstance: FastifyBaseLogger = log.child(
    {},
    { level: log.level === 'trace' ? 'info' : 'warn', serializers: { req: withoutSecrets } },
  )
  const server = fastify({
    loggerInstance,
    bodyLimit: 64 * 1024,
    connectionTimeout: 0,
    requestTimeout: timeouts.requestTimeout,
    keepAliveTimeout: 60_000,
    forceCloseConnections: true,
    ...(certificate === undefined ? { http: timeouts } : { https: { ...timeouts, ...certificate, handshakeTimeout } }),
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    rewriteUrl: ({ url = '/' }) => withoutPrefix(url, pathPrefix),
    routerOptions: { maxParamLength: 64 },
    ajv: {
      customOptions: { removeAdditional: false, coerceTypes: 'array', useDefaults: true, strict: true, ...unchecked },
    },
    schemaController: { compilersFactory: lazyCompilers() },
    ...answerBrokenRequests,
    // No hook of the WebSocket plugin runs for these, so nobody else ends the socket: it would keep the server from closing.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      const { headers, socket } = request.raw
      bodies.begin(request.raw, reply.raw)
      if (headers.upgrade !== undefined) reply.raw.once('finish', () => socket.destroySoon())
      void answerBrokenRequests.frameworkErrors(error, request, reply)
    },
    // The types tell http and https servers apart, which nobody who registers a route cares about.
  } as FastifyServerOptions)
  // The first of all: what is not found, or refused by another hook, has a body as well.
  server.addHook('onRequest', (request, reply, done) => {
    bodies.begin(request.raw, reply.raw)
    done()
  })
  answerErrors(server, log)
  registerEntrance(server, pathPrefix)
  await addSecurityHeaders(server, { publicUrl, nodeOrigins, tokenUrl, tls: certificate !== undefined })
  await registerApiDocuments(server, { version, pathPrefix })
  if (tls !== undefined) {
    const watching = watchCertificate(server.server, tls, log)
    server.addHook('onClose', async () => watching[Symbol.dispose]())
  }
  return server
}

/** A request in the log: without its query, where a client may have put a token although it never belongs there. */
const withoutSecrets = ({ method, url, ip }: FastifyRequest) => ({ method, path: url.split('?', 1)[0], address: ip })
