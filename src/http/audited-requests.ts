/**
 * Puts every REST request on record, whichever route it is for: what was changed, what was read, who was refused.
 * A change, and an export of this record or of a person, is answered only when that is durable.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Actor, Audit, Subject } from '../audit/audit.ts'
import type { Identity } from '../auth/identity.ts'
import type { SubjectKind } from '../protocol/define.ts'
import { type CallerOptions, callerOf } from './caller.ts'

export interface AuditedRequestsOptions extends CallerOptions {
  readonly audit: Pick<Audit, 'record' | 'recordDurably'>
}

/** What is kept of the query and body of a request that was found valid. Never a name, never the lines of an import. */
const keptFields = [
  ...['role', 'advisor', 'disabled', 'leaves', 'rejoin', 'cover', 'to', 'from', 'until', 'dryRun'],
  ...[
    'status',
    'pilotTeams',
    'target',
    'ceiling',
    'joinFirst',
    'checkRequired',
    'capacity',
    'certificate',
    'expiresAt',
  ],
  ...['actor', 'subject', 'after', 'limit', 'notes'],
]
/** Asked for every few seconds and telling of nobody: only whoever is refused is on record. */
const figures = ['/api/operator/load']
/** What `:id` names after these parts of a path. */
const kinds: Readonly<Record<string, SubjectKind>> = { people: 'person', covers: 'cover', erasures: 'erasure' }

/** Registered before the routes. */
export function auditRequests(server: FastifyInstance, options: AuditedRequestsOptions): void {
  const recorded = new WeakSet<FastifyRequest>()
  server.addHook('onSend', async (request, reply, payload) => {
    const route = request.routeOptions.url ?? ''
    const refused = reply.statusCode === 401 || reply.statusCode === 403
    const watched = route === '/ws' || route.startsWith('/attachments/')
    if (!route.startsWith('/api/') && !(watched && refused)) return payload
    // A browser's question before the request itself: nobody has asked for anything yet.
    if (request.method === 'OPTIONS') return payload
    // An answer that its record has turned into an error comes by again.
    if (recorded.has(request)) return payload
    recorded.add(request)
    const done = reply.statusCode < 400
    if (done && figures.includes(route)) return payload
    const caller = await whoAsks(request, reply, options)
    const { region = regionOf(caller) } = (request.params ?? {}) as { region?: string }
    const entry = {
      at: Date.now(),
      actor: actorOf(caller),
      from: request.ip,
      act: `${request.method} ${route}`,
      subject: subjectOf(route, request.params),
      outcome: done ? 'ok' : codeOf(payload),
      details: done ? detailsOf(request) : {},
    }
    const awaited = done && (request.method !== 'GET' || /\/(audit|export)$/.test(route))
    if (!awaited) options.audit.record(region, entry)
    else {
      await options.audit.recordDurably(region, entry).catch((error: unknown) => {
        if (isStream(payload)) payload.destroy()
        throw error
      })
    }
    return payload
  })
}

type Caller = 'agency' | 'unknown' | Identity

async function whoAsks(request: FastifyRequest, reply: FastifyReply, options: CallerOptions): Promise<Caller> {
  if (reply.statusCode === 401) return 'unknown'
  return callerOf(request, options).catch(() => 'unknown' as const)
}

const actorOf = (caller: Caller): Actor =>
  typeof caller === 'string' ? caller : { person: caller.person, role: caller.role }

/** Of a route that names none: what somebody did is on record where they belong. */
const regionOf = (caller: Caller): string | undefined => (typeof caller === 'string' ? undefined : caller.region)

/** Pure. */
function subjectOf(route: string, params: unknown): Subject | undefined {
  const { id, channel } = (params ?? {}) as { id?: string; channel?: string }
  if (channel !== undefined) return { kind: 'channel', id: channel }
  const kind = kinds[/\/([^/]+)\/:id(\/|$)/.exec(route)?.[1] ?? '']
  return id === undefined || kind === undefined ? undefined : { kind, id }
}

function detailsOf({ query, body }: FastifyRequest): Record<string, unknown> {
  const given = { ...(query as object), ...(isPlain(body) ? body : {}) } as Record<string, unknown>
  return Object.fromEntries(keptFields.filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name]]))
}

const isPlain = (body: unknown): body is object =>
  typeof body === 'object' && body !== null && !Array.isArray(body) && !isStream(body) && !Buffer.isBuffer(body)

const isStream = (value: unknown): value is { destroy(): void } =>
  typeof value === 'object' && value !== null && 'destroy' in value && typeof value.destroy === 'function'

/** The code in the answer to a request that failed. */
function codeOf(payload: unknown): string {
  try {
    const { error } = JSON.parse(String(payload)) as { error?: { code?: string } }
    return error?.code ?? 'INTERNAL'
  } catch {
    return 'INTERNAL'
  }
}
