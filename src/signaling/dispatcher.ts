/** From a validated frame to an answer: is the method known, are the params right, is the role allowed, what came of it. */
import { Ajv, type ValidateFunction } from 'ajv'
import type { Logger } from 'pino'
import { type MethodName, methods, Request, type Response, VisavisError, type WireError } from '../protocol/index.ts'
import { unchecked } from '../protocol/validator.ts'
import { translateRedisError } from '../store/errors.ts'
import { findFlaw, readFrame } from './frame.ts'
import type { Caller, HandledMethod, Handlers } from './handlers.ts'

export interface Dispatcher {
  /** The frame as a request, or undefined if it is none (not JSON, ambiguous, or not of the request's shape). */
  parse(frame: string): Request | undefined
  /** Never rejects: whatever happens becomes an answer. */
  dispatch(caller: Caller, request: Request): Promise<Response>
  /** @throws VisavisError BAD_REQUEST. */
  check(method: MethodName, params: unknown): void
  toError(error: unknown, context: { id: number; method: string; session: string }): WireError
}

/**
 * Each validator is compiled when it is first asked: together they would be a tenth of the time a start takes.
 * @param onLimit somebody has reached the limit of this name.
 */
export function createDispatcher(
  handlers: Handlers,
  log: Logger,
  onLimit: (limit: string) => void = () => {},
): Dispatcher {
  const ajv = new Ajv({ strict: true, allErrors: false, ...unchecked })
  const isRequest = ajv.compile<Request>(Request)
  const validators = new Map<MethodName, ValidateFunction>()
  const validatorOf = (method: MethodName): ValidateFunction => {
    const validate = validators.get(method) ?? ajv.compile(methods[method].params)
    validators.set(method, validate)
    return validate
  }

  const check = (method: MethodName, params: unknown) => {
    const validate = validatorOf(method)
    if (validate(params)) {
      const flaw = findFlaw(params)
      if (flaw === undefined) return
      throw new VisavisError('BAD_REQUEST', `params of ${method}: ${flaw.path} ${flaws[flaw.rule]}`, {
        details: { ...flaw },
      })
    }
    const [problem] = validate.errors ?? []
    const at = problem?.instancePath || '/'
    throw new VisavisError('BAD_REQUEST', `params of ${method}: ${at} ${problem?.message ?? 'is not valid'}`, {
      details: { path: at, rule: problem?.keyword, ...problem?.params },
    })
  }

  const toError: Dispatcher['toError'] = (error, { id, method, session }) => {
    const translated = translateRedisError(error)
    if (translated instanceof VisavisError) {
      // Whoever is told when to come back is kept waiting on purpose, thousands of them when a node comes back.
      const level = translated.retryAfterMs === undefined ? 'warn' : 'debug'
      if (translated.code === 'UNAVAILABLE')
        log[level]({ err: translated, method, session }, 'a request could not be served')
      return toWire(translated)
    }
    log.error({ err: error, request: id, method, session }, 'a request failed by a fault of the server')
    return toWire(new VisavisError('INTERNAL', 'a fault of the server', { details: { request: id } }))
  }

  return {
    parse(frame) {
      const value = readFrame(frame)
      return isRequest(value) ? value : undefined
    },
    check,
    toError,
    async dispatch(caller, { id, method, params }) {
      try {
        if (!isHandled(method, handlers))
          throw new VisavisError('UNKNOWN_METHOD', `there is no method ${quote(method)}`)
        check(method, params)
        if (!methods[method].roles.includes(caller.identity.role)) {
          throw new VisavisError('FORBIDDEN', `${method} is not for the role ${caller.identity.role}`)
        }
        requireWithin(caller, method, params)
        // The validator above has checked the params against this very method's schema.
        const handler = handlers[method] as (caller: Caller, params: unknown) => Promise<unknown>
        return { id, result: await handler(caller, params) }
      } catch (error) {
        const limit = limitOf(error)
        if (limit !== undefined) onLimit(limit)
        return { id, error: toError(error, { id, method, session: caller.id }) }
      }
    },
  }
}

/** The name of the limit that an error is about. */
export function limitOf(error: unknown): string | undefined {
  const limit = error instanceof VisavisError ? error.details.limit : undefined
  return typeof limit === 'string' ? limit : undefined
}

/** What a connection for one room may be used for. */
const ofOneRoom = /^(room\.(?!active$)|floor\.|lobby\.remove$|session\.(heartbeat|refresh)$)/

/** What a session for the check of devices and network may be used for. */
const ofCheck = /^(check\.|session\.(heartbeat|refresh)$)/

/** @throws VisavisError FORBIDDEN. */
function requireWithin({ onlyRoom, onlyCheck }: Caller, method: string, params: unknown): void {
  if (onlyCheck && !ofCheck.test(method))
    throw new VisavisError('FORBIDDEN', 'this session is for the check of devices and network only')
  if (onlyRoom === undefined) return
  const { room = onlyRoom } = params as { room?: string }
  if (!ofOneRoom.test(method) || room !== onlyRoom)
    throw new VisavisError('FORBIDDEN', `this connection is for the room ${onlyRoom} only`)
}

const flaws = {
  wellFormed: 'must not contain half a surrogate pair',
  safeNumber: 'must not be beyond ±(2^53 − 1)',
} as const

const isHandled = (method: string, handlers: Handlers): method is HandledMethod => Object.hasOwn(handlers, method)

const quote = (text: string): string => JSON.stringify(text)

const toWire = (error: VisavisError): WireError => ({
  code: error.code,
  message: error.message,
  details: error.details,
  retryable: error.retryable,
  ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
})
