/**
 * How long the body of a request may take. Node has one limit for all of them (`requestTimeout`), which would cut off a
 * large file on a slow line, or let everybody drip. So Node's is the longest that any body may take, and this one ends the
 * others sooner: by default a body must have come within some seconds, and a route that has found out who sends may lift
 * that while it looks after the pace itself.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerBrokenRequests } from './errors.ts'

/** For the whole of a body, from the moment that the headers are complete. */
const withinMs = 15_000

export class BodyDeadlines {
  readonly #timers = new WeakMap<IncomingMessage, NodeJS.Timeout>()

  /** The headers of a request have come: whatever becomes of it, its body has so much time. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    if (hasBody(request)) this.#start(request, response)
  }

  /** While `work` runs the body has no deadline. What is left of it then is let pass by, in the usual time. */
  async lift<T>(request: IncomingMessage, response: ServerResponse, work: () => Promise<T>): Promise<T> {
    clearTimeout(this.#timers.get(request))
    try {
      return await work()
    } finally {
      if (!request.complete && !request.destroyed) {
        this.#start(request, response)
        // Unread, it would keep the client from reading the answer.
        request.resume()
      }
    }
  }

  #start(request: IncomingMessage, response: ServerResponse): void {
    const timer = setTimeout(() => end(request, response), withinMs)
    timer.unref()
    this.#timers.set(request, timer)
    request.once('close', () => clearTimeout(timer))
  }
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'

function end(request: IncomingMessage, response: ServerResponse): void {
  const { complete, socket } = request
  if (complete || socket.destroyed) return
  if (response.headersSent) socket.destroy()
  else answerBrokenRequests.clientErrorHandler(new TooLate(), socket)
}

/** As Node reports its own limit. */
class TooLate extends Error {
  readonly code = 'ERR_HTTP_REQUEST_TIMEOUT'
}
