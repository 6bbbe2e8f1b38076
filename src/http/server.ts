/** The Fastify instance: limits, security headers, one error shape, OpenAPI. Routes are registered by others. */
import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { type FastifyBaseLogger, type FastifyInstance, fastify } from 'fastify'
import type { Logger } from 'pino'
import { errors, VisavisError } from '../protocol/index.ts'
import { translateRedisError } from '../store/errors.ts'

export interface HttpOptions {
  readonly log: Logger
  readonly version: string
}

export async function createServer({ log, version }: HttpOptions): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = log.child({}, { level: log.level === 'trace' ? 'info' : 'warn' })
  const server = fastify({
    loggerInstance,
    bodyLimit: 64 * 1024,
    // A client that sends its headers or body a byte a minute is let go (slowloris).
    connectionTimeout: 0,
    requestTimeout: 15_000,
    http: { headersTimeout: 10_000 },
    keepAliveTimeout: 60_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 64 },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', useDefaults: true, strict: true } },
  })
  server.setErrorHandler((error, request, reply) => {
    const known = toVisavisError(error)
    if (known === undefined) {
      log.error(
        { err: error, request: request.id, route: request.routeOptions.url },
        'a request failed by a fault of the server',
      )
    }
    const { code, message, details, retryable } = known ?? new VisavisError('INTERNAL', 'a fault of the server')
    return reply.status(errors[code].status).send({ error: { code, message, details, retryable } })
  })
  server.setNotFoundHandler((request, reply) =>
    reply.status(404).send({
      error: {
        code: 'NOT_FOUND',
        message: `there is nothing at ${request.method} ${request.url.slice(0, 100)}`,
        details: {},
        retryable: false,
      },
    }),
  )
  await server.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'", 'ws:', 'wss:'],
        mediaSrc: ["'self'", 'blob:', 'mediastream:'],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Over plain HTTP the browser would turn ws: into wss: and fail; a proxy with TLS adds HSTS itself.
    strictTransportSecurity: false,
  })
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Visavis',
        version,
        description: 'REST for the agency’s systems and for operators. Pages and people use the WebSocket protocol.',
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    },
  })
  await server.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
  return server
}

/** Errors of Fastify itself (validation, body too large, malformed JSON) and of Redis, in our words. */
function toVisavisError(error: unknown): VisavisError | undefined {
  const translated = translateRedisError(error)
  if (translated instanceof VisavisError) return translated
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined
  const { statusCode, message } = error
  if (statusCode === 413) return new VisavisError('TOO_LARGE', message)
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new VisavisError('BAD_REQUEST', message)
  return undefined
}
