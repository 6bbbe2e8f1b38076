/**
 * The audit log for those who have to answer for the service: a stream of lines (NDJSON), a page of any size at a time.
 *
 * The agency's systems and a supervisor of the whole region see all of a region. A supervisor with a team sees the entries
 * that somebody of the team made, or that are about one of them.
 */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { type Audit, type Filter, type Line, matches, nowhere, peopleOf } from '../audit/audit.ts'
import { may, maySuperviseRegion, mayTakePart } from '../auth/grants.ts'
import type { Identity } from '../auth/identity.ts'
import type { Enrolment, Person } from '../enrolment/enrolment.ts'
import { VisavisError } from '../protocol/index.ts'
import { object, optional, PersonId, RegionId, type Static, Text, Timestamp } from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'
import { type CallerOptions, callerOf } from './caller.ts'

export interface AuditExportOptions extends CallerOptions {
  readonly audit: Audit
  readonly enrolment: Enrolment
  readonly regions: readonly string[]
}

const defaultLimit = 10_000
const mostLines = 1_000_000

const Query = object({
  from: optional(Timestamp),
  until: optional(Timestamp),
  actor: optional(PersonId),
  subject: optional(Text(64)),
  after: optional(Type.String({ pattern: '^\\d{1,16}-\\d{1,16}$', maxLength: 33 })),
  limit: optional(Type.Integer({ minimum: 1, maximum: mostLines })),
})
type Query = Static<typeof Query>

const description = `One line per entry, in the order of storing: \`{id, hash, entry}\`; \`from\` and \`until\` go by that time (ms). The last line is \`{next, more}\`: without it the export was cut short; with \`more\`, go on with \`after\` = \`next\`. \`subject\` is the id of anything; a person's also finds their channel, room, callbacks and notes. \`hash\` is the SHA-256 (base64url) of the hash before it and \`entry\` as JSON; the first entry of a log has none before it.`

const schema = (summary: string) => ({
  summary,
  description,
  tags: ['audit'],
  security: [{ bearer: [] }],
  querystring: Query,
  produces: ['application/x-ndjson'],
})

/** Of a page, what the reader may see. */
type Visible = (lines: readonly Line[]) => Promise<readonly Line[]>

export async function registerAudit(server: FastifyInstance, options: AuditExportOptions): Promise<void> {
  const { audit, enrolment, regions } = options
  server.get<{ Params: { region: string }; Querystring: Query }>(
    '/api/regions/:region/audit',
    {
      exposeHeadRoute: false,
      schema: { ...schema('The audit log of a region.'), params: object({ region: RegionId }) },
    },
    async (request, reply) => {
      const { region } = request.params
      const visible = await visibleTo(await callerOf(request, options), region, enrolment)
      if (!regions.includes(region)) throw new VisavisError('NOT_FOUND', `there is no region ${region}`)
      return reply.type(ndjson).send(exported(audit, region, request.query, visible))
    },
  )

  server.get<{ Querystring: Query }>(
    '/api/audit',
    {
      exposeHeadRoute: false,
      schema: schema('Refusals of those of whom it is not known to which region they belong. For the agency only.'),
    },
    async (request, reply) => {
      if ((await callerOf(request, options)) !== 'agency') throw refusal()
      return reply.type(ndjson).send(exported(audit, nowhere, request.query, everything))
    },
  )
}

/** @throws VisavisError FORBIDDEN. */
async function visibleTo(caller: 'agency' | Identity, region: string, enrolment: Enrolment): Promise<Visible> {
  if (caller === 'agency') return everything
  if (caller.role !== 'supervisor' || caller.region !== region) throw refusal()
  const self = await enrolment.person(region, caller.person)
  if (!mayTakePart(caller, self)) throw refusal()
  return maySuperviseRegion(caller, region, self) ? everything : ofTeam(caller, self, enrolment)
}

const refusal = () =>
  new VisavisError('FORBIDDEN', 'only the agency’s systems and the supervisors of a region see its audit log')

const everything: Visible = async (lines) => lines

/** A page costs two look-ups of people, whatever is on it. */
const ofTeam =
  (caller: Identity, self: Person | undefined, enrolment: Enrolment): Visible =>
  async (lines) => {
    const find = async (ids: readonly string[]) =>
      (await enrolment.persons(caller.region, [...new Set(ids)])).filter((person) => person !== undefined)
    const people = await find(lines.flatMap(({ entry }) => peopleOf(entry)))
    const advisors = new Map((await find(people.flatMap(({ advisor }) => advisor ?? []))).map((one) => [one.id, one]))
    const now = Date.now()
    const team = new Set<string>()
    for (const person of people)
      if (may(caller, 'viewAudit', person, { now, self, advisor: advisors.get(person.advisor ?? '') }))
        team.add(person.id)
    return lines.filter(({ entry }) => peopleOf(entry).some((id) => team.has(id)))
  }

const ndjson = 'application/x-ndjson; charset=utf-8'

/** Read as fast as the client takes it, and not faster. */
const exported = (audit: Audit, region: string, query: Query, visible: Visible): Readable =>
  Readable.from(chunks(audit, region, query, visible), { objectMode: false })

async function* chunks(
  audit: Audit,
  region: string,
  { from, until = Date.now(), after, limit = defaultLimit, ...filter }: Query,
  visible: Visible,
): AsyncGenerator<string> {
  let left = limit
  let next = after
  for await (const page of audit.read(region, { from, until, after })) {
    const wanted = new Set(await visible(page.filter(({ entry }) => matches(entry, filter as Filter))))
    let text = ''
    for (const line of page) {
      if (left === 0) {
        yield `${text}${JSON.stringify({ next, more: true })}\n`
        return
      }
      next = line.id
      if (!wanted.has(line)) continue
      left -= 1
      text += `{"id":"${line.id}","hash":"${line.hash}","entry":${line.text}}\n`
    }
    if (text !== '') yield text
  }
  yield `${JSON.stringify({ next: next ?? null, more: false })}\n`
}
