/** One error shape for everything HTTP: the protocol's table, with the status it names. */
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { type ErrorCode, errors, VisavisError } from '../protocol/index.ts'
import { translateRedisError } from '../store/errors.ts'

export function answerErrors(server: FastifyInstance, log: Logger): void {
  server.setErrorHandler((error, request, reply) => {
    const known = toVisavisError(error)
    if (known === undefined) {
      log.error(
        { err: error, request: request.id, route: request.routeOptions.url },
        'a request failed by a fault of the server',
      )
    }
    return answer(reply, known ?? new VisavisError('INTERNAL', 'a fault of the server'))
  })
  server.setNotFoundHandler(({ method, originalUrl }, reply) =>
    answer(reply, new VisavisError('NOT_FOUND', `there is nothing at ${method} ${originalUrl.slice(0, 100)}`)),
  )
}

/** Options of Fastify for requests that never reach a route. */
export const answerBrokenRequests = {
  /** A path that cannot be decoded, or with a parameter that is too long. */
  frameworkErrors: (_error: Error, _request: FastifyRequest, reply: FastifyReply) =>
    answer(reply, new VisavisError('BAD_REQUEST', 'the path cannot be understood')),
  /** What is no HTTP, too long, or too slow: there is no request yet, hence nothing to reply with but the socket. */
  clientErrorHandler: (error: Error & { readonly code?: string }, socket: Socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return socket.destroy()
    const refused = brokenRequests[error.code ?? ''] ?? notHttp
    const body = JSON.stringify(bodyOf(new VisavisError(refused.code, refused.message)))
    socket.end(
      `HTTP/1.1 ${refused.status}\r\ncontent-type: application/json; charset=utf-8\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
      // The other side may never close its half.
      () => socket.destroy(),
    )
  },
}

interface Refusal {
  readonly code: ErrorCode
  readonly status: string
  readonly message: string
}

const notHttp: Refusal = { code: 'BAD_REQUEST', status: '400 Bad Request', message: 'this is not an HTTP request' }
/** HTTP has statuses of its own for these two; the codes are the table's. */
const brokenRequests: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    code: 'TOO_LARGE',
    status: '431 Request Header Fields Too Large',
    message: 'the headers are too long',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: 'BAD_REQUEST',
    status: '408 Request Timeout',
    message: 'the request did not come in time',
  },
}

function answer(reply: FastifyReply, error: VisavisError): FastifyReply {
  const { code, retryAfterMs } = error
  if (retryAfterMs !== undefined) void reply.header('retry-after', Math.ceil(retryAfterMs / 1_000))
  return reply.status(errors[code].status).send(bodyOf(error))
}

const bodyOf = ({ code, message, details, retryable, retryAfterMs }: VisavisError) => ({
  error: { code, message, details, retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
})

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
