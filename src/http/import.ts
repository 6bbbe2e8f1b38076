/** REST for the agency's systems: the people of a region from a CSV file. */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { type ImportLine, importPeople } from '../enrolment/import.ts'
import { VisavisError } from '../protocol/index.ts'
import { list, object, oneOf, optional, PersonId, Role, type Static, Text } from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'
import { validatorOf } from '../protocol/validator.ts'
import { type CsvRow, readCsv } from './csv.ts'
import { createKeepers, InRegion, type KeeperOptions, security } from './keeper.ts'

const limits = { maxBytes: 20 * 1024 * 1024, maxLines: 200_000 }
/** Lines told of in the answer. */
const reported = 1_000
/** An import holds its file in memory: one at a time on each node. */
const busyMs = 10_000

const columns = ['id', 'role', 'name', 'team', 'advisor', 'followUp', 'disabled'] as const
type Column = (typeof columns)[number]
const required: readonly Column[] = ['id', 'role', 'name']

const Row = object({
  id: PersonId,
  role: Role,
  name: Text(120),
  team: optional(Text(64)),
  advisor: optional(PersonId),
  followUp: optional(oneOf('reinforced')),
  disabled: optional(oneOf('true', 'false', '1', '0')),
})
const Line = object({
  line: Type.Integer({ minimum: 1, description: '1 is the header' }),
  id: Text(64, 0),
  outcome: oneOf('created', 'changed', 'unchanged', 'error'),
  message: optional(Text(500)),
})
const Count = Type.Integer({ minimum: 0 })
const Report = object({
  dryRun: Type.Boolean(),
  counts: object({ created: Count, changed: Count, unchanged: Count, error: Count }),
  /** The first of those that are not unchanged. */
  lines: list(Line, reported),
  /** Whether there are more of them. */
  more: Type.Boolean(),
})
const Query = object({ dryRun: optional(Type.Boolean()) })

const description = `The body is a CSV file (\`text/csv\`, UTF-8, separated by commas or semicolons, at most 20 MB and 200,000 lines) with the columns \`id\`, \`role\`, \`name\` and, where there is something to say, \`team\`, \`advisor\`, \`followUp\` (reinforced) and \`disabled\` (true, false, 1, 0). An advisor may come after the jobseekers who name them. People who are not in the file stay as they are, and those who have left the scheme are not brought back. A line that is wrong keeps no other from being done; a file that cannot be read changes nothing. Repeating it changes nothing more. With \`dryRun\` nothing is changed at all.`

export async function registerImport(server: FastifyInstance, options: KeeperOptions): Promise<void> {
  const { enrolment } = options
  const keepers = createKeepers(options)
  const rowValidator = validatorOf<Static<typeof Row>>(Row)
  let busy = false

  // A scope of its own: only this route takes CSV, and takes it as it comes.
  await server.register(async (scope) => {
    scope.addContentTypeParser('text/csv', (_request, file, done) => done(null, file))
    scope.post<{ Params: Static<typeof InRegion>; Querystring: Static<typeof Query>; Body: IncomingMessage }>(
      '/api/regions/:region/people/import',
      {
        onRequest: async (request) => {
          await keepers.authorize(request)
          if (keepers.of(request).wholeRegion) return
          throw new VisavisError('FORBIDDEN', 'only who keeps the whole region imports people')
        },
        schema: {
          summary: 'Enrol or change many people, from a CSV file.',
          description,
          tags: ['people'],
          consumes: ['text/csv'],
          security,
          params: InRegion,
          querystring: Query,
          response: { 200: Report },
        },
      },
      async ({ params: { region }, query: { dryRun = false }, body }) => {
        if (!isStream(body)) throw new VisavisError('BAD_REQUEST', 'the body is a file of type text/csv')
        if (busy) {
          throw new VisavisError('RATE_LIMITED', 'another import is running here', { retryAfterMs: busyMs })
        }
        busy = true
        try {
          const lines = await linesOf(region, body)
          return { dryRun, ...(await importPeople(lines, { enrolment, region, dryRun, reported })) }
        } finally {
          busy = false
        }
      },
    )
  })

  /** @throws VisavisError BAD_REQUEST for a file that cannot be read, TOO_LARGE. */
  async function linesOf(region: string, file: AsyncIterable<Uint8Array>): Promise<ImportLine[]> {
    const lines: ImportLine[] = []
    let header: readonly Column[] | undefined
    for await (const row of readCsv(file, limits)) {
      if (header === undefined) header = headerOf(row)
      else lines.push(lineOf(region, header, row))
    }
    if (header === undefined) throw new VisavisError('BAD_REQUEST', 'the file is empty')
    return lines
  }

  function lineOf(region: string, header: readonly Column[], { line, fields }: CsvRow): ImportLine {
    // An empty field says nothing.
    const row = Object.fromEntries(header.flatMap((name, n) => (fields[n] ? [[name, fields[n]]] : [])))
    const id = (row.id ?? '').slice(0, 64)
    if (fields.length !== header.length) {
      return { line, id, problem: `${fields.length} fields, where the header has ${header.length}` }
    }
    const isRow = rowValidator()
    if (!isRow(row)) {
      const [problem] = isRow.errors ?? []
      const at = problem?.instancePath.slice(1)
      return { line, id, problem: `${at ? `${at} ` : ''}${problem?.message ?? 'is not valid'}` }
    }
    const { disabled = 'false', ...person } = row
    return { line, id, person: { ...person, region, disabled: disabled === 'true' || disabled === '1' } }
  }
}

/** @throws VisavisError BAD_REQUEST. */
function headerOf({ fields }: CsvRow): Column[] {
  const refuse = (message: string) => new VisavisError('BAD_REQUEST', `the header ${message}`)
  const header = fields.map((field) => {
    const name = columns.find((column) => column.toLowerCase() === field.toLowerCase())
    if (name === undefined)
      throw refuse(`names ${JSON.stringify(field.slice(0, 64))}, which is none of ${columns.join(', ')}`)
    return name
  })
  for (const name of required) if (!header.includes(name)) throw refuse(`does not name ${name}`)
  if (new Set(header).size < header.length) throw refuse('names a column twice')
  return header
}

const isStream = (body: unknown): body is IncomingMessage =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body
