/** Everything about a person, for the agency's systems: it is the agency that answers somebody who asks for their data. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { VisavisError } from '../protocol/index.ts'
import { object, oneOf, optional, PersonId, RegionId, type Static } from '../protocol/schema.ts'
import type { ExportPerson } from '../rights/person-export.ts'
import { type CallerOptions, callerOf } from './caller.ts'
import { savedAs } from './disposition.ts'
import { security } from './keeper.ts'

export interface ExportOptions extends CallerOptions {
  readonly exportPerson: ExportPerson
  readonly regions: readonly string[]
  /** How long a client may take nothing before the export is given up. */
  readonly patienceMs?: number
}

/** Each reads the audit log of its region from end to end. */
const mostAtOnce = 4
const retryAfterMs = 30_000
const patienceDefaultMs = 60_000

const OnePerson = object({ region: RegionId, id: PersonId })
const Query = object({ notes: optional(oneOf('yes', 'no')) })

const description = `A ZIP archive. Its last file, \`manifest.json\`, lists the others with size and SHA-256 and says up to which position the conversation is whole; an answer that was cut short has no such file and is no archive. Notes about the person are in it only with \`notes=yes\`. Of an advisor there is their own record, and how many messages they wrote to whom: what they wrote belongs to the records of the jobseekers.`

export async function registerExport(server: FastifyInstance, options: ExportOptions): Promise<void> {
  const { exportPerson, regions, patienceMs = patienceDefaultMs } = options
  let underWay = 0

  server.get<{ Params: Static<typeof OnePerson>; Querystring: Static<typeof Query> }>(
    '/api/regions/:region/people/:id/export',
    {
      exposeHeadRoute: false,
      onRequest: async (request) => {
        if ((await callerOf(request, options)) === 'agency') return
        throw new VisavisError('FORBIDDEN', 'only the agency’s systems export what there is about a person')
      },
      schema: {
        summary: 'Everything about a person. For the agency only.',
        description,
        tags: ['people'],
        security,
        params: OnePerson,
        querystring: Query,
        produces: ['application/zip'],
      },
    },
    async (request, reply) => {
      const { region, id } = request.params
      if (!regions.includes(region)) throw new VisavisError('NOT_FOUND', `there is no region ${region}`)
      if (underWay >= mostAtOnce) {
        const details = { limit: 'exports', most: mostAtOnce }
        throw new VisavisError('RATE_LIMITED', `${mostAtOnce} exports are under way`, { details, retryAfterMs })
      }
      underWay += 1
      const done = once(() => {
        underWay -= 1
      })
      try {
        const notes = request.query.notes === 'yes'
        const archive = await exportPerson({ region, person: id, notes, by: 'agency' })
        const body = takenWithin(patienceMs, archive).once('close', done)
        // If the request is gone already, nobody ever closes what it would have been answered with.
        if (request.raw.socket.destroyed) body.destroy()
        return reply
          .headers({
            'content-type': 'application/zip',
            'content-disposition': savedAs(`visavis-${region}-${id}-${new Date().toISOString().slice(0, 10)}.zip`),
            'x-content-type-options': 'nosniff',
            'cache-control': 'private, no-store',
          })
          .send(body)
      } catch (error) {
        done()
        throw error
      }
    },
  )
}

/** The same bytes, broken off when one waits too long to be taken: whoever stands still holds up nobody else. */
function takenWithin(patienceMs: number, source: Readable): Readable {
  const chunks = async function* () {
    for await (const chunk of source) {
      const timer = setTimeout(() => body.destroy(new Error('nobody takes the export')), patienceMs)
      try {
        yield chunk
      } finally {
        clearTimeout(timer)
      }
    }
  }
  const body = Readable.from(chunks(), { objectMode: false })
  // Ended before it began, it would not end what it reads from.
  body.once('close', () => source.destroy())
  return body
}

function once(act: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    act()
  }
}
