/**
 * Requests and their answers, across connections: what was not answered when a connection was lost is sent again on the
 * next one. That is safe because every mutation carries a client-made key or is harmless to repeat.
 */
import { type ErrorCode, errors, VisavisError } from '../src/protocol/errors.ts'
import type { MethodName, ParamsOf, Response, ResultOf, WireError } from '../src/protocol/index.ts'

/** Fewer than the server's limit (64 by default), because a request counts there until its answer is written. */
const maxInFlight = 48

export interface CallOptions {
  /** Time for the answer, including waits for a connection. Default 30 000 ms. */
  readonly timeoutMs?: number
}

interface Waiting {
  readonly id: number
  readonly method: MethodName
  readonly frame: string
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
  readonly timer: ReturnType<typeof setTimeout>
}

interface Line {
  readonly send: (frame: string) => void
  readonly maxFrameBytes: number
}

/**
 * The next connection opens the session anew, and its room tells how everything stands: what was asked of either may make
 * no sense any more.
 */
const dieWithConnection = (method: MethodName): boolean => /^(room|session)\./.test(method)

export class Requests {
  /** In the order in which they were asked. */
  readonly #queued = new Map<number, Waiting>()
  readonly #inFlight = new Map<number, Waiting & { readonly sentAt: number }>()
  #line: Line | undefined
  #nextId = 1
  /** Until then (`performance.now`) the server takes nothing more. */
  #limitedUntil = Number.NEGATIVE_INFINITY
  #ended: VisavisError | undefined

  /** When the oldest unanswered request was sent (ms, `performance.now`); undefined when nothing is in flight. */
  get oldestSentAt(): number | undefined {
    return this.#inFlight.values().next().value?.sentAt
  }

  /** @throws VisavisError of the server; UNAVAILABLE when no answer came in time; TOO_LARGE before anything is sent. */
  call<M extends MethodName>(method: M, params: ParamsOf<M>, { timeoutMs = 30_000 }: CallOptions = {}) {
    const { promise, resolve, reject } = Promise.withResolvers<ResultOf<M>>()
    if (this.#ended !== undefined) {
      reject(this.#ended)
      return promise
    }
    const id = this.#nextId
    this.#nextId += 1
    const giveUp = () => {
      this.#forget(id)
      reject(new VisavisError('UNAVAILABLE', `no answer to ${method} within ${timeoutMs} ms`, { details: { method } }))
    }
    this.#queued.set(id, {
      id,
      method,
      frame: JSON.stringify({ id, method, params }),
      resolve: (result) => resolve(result as ResultOf<M>),
      reject,
      timer: setTimeout(giveUp, timeoutMs),
    })
    this.#flush()
    return promise
  }

  /** Sent now or never. Its answer is of no interest, so its absence says nothing about the connection. */
  tell<M extends MethodName>(method: M, params: ParamsOf<M>): void {
    this.#line?.send(JSON.stringify({ id: this.#nextId, method, params }))
    this.#nextId += 1
  }

  /** A session is open: sends what waits. */
  open(line: Line): void {
    this.#line = line
    this.#limitedUntil = Number.NEGATIVE_INFINITY
    this.#flush()
  }

  /** The connection is lost: what was in flight waits for the next one, before what was asked later. */
  pause(): void {
    this.#line = undefined
    const again = [...this.#inFlight.values(), ...this.#queued.values()]
    this.#inFlight.clear()
    this.#queued.clear()
    for (const waiting of again) {
      if (!dieWithConnection(waiting.method)) this.#queued.set(waiting.id, waiting)
      else this.#settle(waiting).reject(new VisavisError('GONE', `the connection was lost during ${waiting.method}`))
    }
  }

  answer(response: Response): void {
    const waiting = this.#inFlight.get(response.id)
    // An answer that came after its deadline.
    if (waiting === undefined) return
    this.#inFlight.delete(response.id)
    if ('error' in response && response.error.code === 'RATE_LIMITED') {
      // It was not carried out. It goes again by itself until its deadline, before what was asked later.
      const later = [...this.#queued.values()].filter(({ id }) => id > waiting.id)
      for (const { id } of later) this.#queued.delete(id)
      for (const again of [waiting, ...later]) this.#queued.set(again.id, again)
      const waitMs = response.error.retryAfterMs ?? 500
      this.#limitedUntil = performance.now() + waitMs
      setTimeout(() => this.#flush(), waitMs + 1)
      return
    }
    this.#settle(waiting)
    if ('error' in response) waiting.reject(fromWire(response.error))
    else waiting.resolve(response.result)
    this.#flush()
  }

  /** Nothing will be sent any more. */
  end(error: VisavisError): void {
    if (this.#ended !== undefined) return
    this.#ended = error
    this.#line = undefined
    for (const waiting of [...this.#inFlight.values(), ...this.#queued.values()]) this.#settle(waiting).reject(error)
    this.#inFlight.clear()
    this.#queued.clear()
  }

  #flush(): void {
    if (performance.now() < this.#limitedUntil) return
    for (const waiting of this.#queued.values()) {
      if (this.#line === undefined || this.#inFlight.size >= maxInFlight) return
      this.#queued.delete(waiting.id)
      const { send, maxFrameBytes } = this.#line
      if (exceeds(waiting.frame, maxFrameBytes)) {
        const details = { maxFrameBytes }
        this.#settle(waiting).reject(new VisavisError('TOO_LARGE', `${waiting.method} is too large`, { details }))
        continue
      }
      this.#inFlight.set(waiting.id, { ...waiting, sentAt: performance.now() })
      send(waiting.frame)
    }
  }

  #settle(waiting: Waiting): Waiting {
    clearTimeout(waiting.timer)
    return waiting
  }

  #forget(id: number): void {
    this.#queued.delete(id)
    if (this.#inFlight.delete(id)) this.#flush()
  }
}

const encoder = new TextEncoder()
/** The server closes the connection over a frame that is too large, and it would be sent again and again. */
const exceeds = (frame: string, maxBytes: number): boolean =>
  frame.length > maxBytes || (frame.length * 3 > maxBytes && encoder.encode(frame).byteLength > maxBytes)

const isKnown = (code: string): code is ErrorCode => Object.hasOwn(errors, code)

/** A code of a newer server, unknown here, is told as INTERNAL with the code in its details. */
export function fromWire({ code, message, details, retryAfterMs }: WireError): VisavisError {
  const options = { details, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
  if (isKnown(code)) return new VisavisError(code, message, options)
  return new VisavisError('INTERNAL', message, { ...options, details: { ...details, code } })
}
