/** REST for supervisors, operators and the agency: the pilot report of a region, as JSON and as CSV. */
import type { FastifyInstance } from 'fastify'
import { list, object, oneOf, optional, RegionId, type Static, Text } from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'
import { reportCsv } from '../report/csv.ts'
import type { Report } from '../report/report.ts'
import { savedAs } from './disposition.ts'
import { InRegion, type KeeperOptions, security } from './keeper.ts'
import { requireOverseer } from './scheme-settings.ts'

export interface ReportOptions extends KeeperOptions {
  readonly report: Report
}

const mostWeeks = 160
const Counts = Type.Record(Type.String({ maxLength: 64 }), Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]), {
  description: 'by measure; null: hidden, because it is from 1 to 4 or would tell of such a number',
})
const Period = object({ period: Text(16), from: Text(10), counts: Counts })
const PilotReport = object({ region: RegionId, weeks: list(Period, mostWeeks), quarters: list(Period, mostWeeks) })
const Query = object({
  weeks: optional(Type.Integer({ minimum: 1, maximum: mostWeeks })),
  format: optional(oneOf('json', 'csv')),
})

export async function registerReport(server: FastifyInstance, options: ReportOptions): Promise<void> {
  server.get<{ Params: Static<typeof InRegion>; Querystring: Static<typeof Query> }>(
    '/api/regions/:region/report',
    {
      exposeHeadRoute: false,
      schema: {
        summary:
          'What happened in a region in each of the last weeks (by default 13), and in each quarter of them that is over.',
        description:
          'Numbers from 1 to 4 are hidden, also from whoever subtracts (docs/operations.md). A week is told from an hour after its end on, and does not change any more.',
        tags: ['scheme'],
        security,
        params: InRegion,
        querystring: Query,
        produces: ['application/json', 'text/csv'],
        response: {
          200: { content: { 'application/json': { schema: PilotReport }, 'text/csv': { schema: Type.String() } } },
        },
      },
    },
    async (request, reply) => {
      await requireOverseer(request, options)
      const { region } = request.params
      const { weeks = 13, format = 'json' } = request.query
      const found = await options.report.read(region, weeks)
      void reply.header('cache-control', 'private, no-store')
      if (format === 'json') return reply.type('application/json; charset=utf-8').send(found)
      return reply
        .header('content-disposition', savedAs(`report-${region}.csv`))
        .type('text/csv; charset=utf-8')
        .send(reportCsv(found))
    },
  )
}
