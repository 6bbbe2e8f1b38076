/** A dispatcher that puts on record what the protocol table marks (`audit`), and whatever was FORBIDDEN. */
import type { Audit, Entry } from '../audit/audit.ts'
import type { AuditMark, AuditPath, Method } from '../protocol/define.ts'
import { methods, type Request, type Response } from '../protocol/index.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { Caller } from './handlers.ts'

export function auditedDispatcher(dispatcher: Dispatcher, audit: Pick<Audit, 'record' | 'recordDurably'>): Dispatcher {
  return {
    ...dispatcher,
    async dispatch(caller, request) {
      const response = await dispatcher.dispatch(caller, request)
      const mark = Object.hasOwn(methods, request.method)
        ? (methods as Record<string, Method>)[request.method]
        : undefined
      const outcome = 'error' in response ? response.error.code : 'ok'
      if (mark === undefined || !isRecorded(mark.audit, outcome)) return response
      const { region } = caller.identity
      const entry = entryOf(caller, request, response, mark.audit)
      if (mark.audit?.awaited !== true || outcome !== 'ok') {
        audit.record(region, entry)
        return response
      }
      try {
        await audit.recordDurably(region, entry)
        return response
      } catch (error) {
        // It has been done, but may not be said to be: the client repeats it, and gets the same result.
        const { id, method } = request
        return { id, error: dispatcher.toError(error, { id, method, session: caller.id }) }
      }
    },
  }
}

/** Params that are not valid are of no act, and nobody knows what is in them. Pure. */
function isRecorded(mark: AuditMark | undefined, outcome: string): boolean {
  if (outcome === 'FORBIDDEN') return true
  return mark?.record === 'acts' && outcome !== 'BAD_REQUEST'
}

function entryOf({ identity, id, address }: Caller, request: Request, response: Response, mark?: AuditMark): Entry {
  const read = (path: AuditPath) => fieldOf({ params: request.params, ...response }, path)
  const subject = mark?.subject && read(mark.subject.path)
  const details = (mark?.details ?? []).map((path) => [path.slice(path.lastIndexOf('.') + 1), read(path)] as const)
  return {
    at: Date.now(),
    actor: { person: identity.person, role: identity.role },
    session: id,
    from: address,
    act: request.method,
    ...(mark?.subject === undefined || typeof subject !== 'string'
      ? {}
      : { subject: { kind: mark.subject.kind, id: subject } }),
    outcome: 'error' in response ? response.error.code : 'ok',
    details: Object.fromEntries(details),
  }
}

/** Undefined where there is none, as in the result of a request that failed. */
const fieldOf = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (at, name) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, name)
          ? (at as Record<string, unknown>)[name]
          : undefined,
      value,
    )
