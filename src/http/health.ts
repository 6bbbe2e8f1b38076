/** For operators and load balancers: is the process alive, may it be sent people, what does it measure. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Metrics } from '../ops/metrics.ts'
import { object } from '../protocol/schema.ts'

export interface Readiness {
  readonly ready: boolean
  /** One word or sentence per part, for the operator who asks why not. */
  readonly parts: Readonly<Record<string, string>>
}

export interface HealthOptions {
  readonly metrics: Metrics
  readonly readiness: () => Readiness
}

const Report = object({ ready: Type.Boolean(), parts: Type.Record(Type.String(), Type.String()) })

export async function registerHealth(server: FastifyInstance, { metrics, readiness }: HealthOptions): Promise<void> {
  server.get(
    '/livez',
    { schema: { summary: 'Alive: the event loop answers. Never depends on Redis.', tags: ['operations'] } },
    async () => 'alive\n',
  )
  server.get(
    '/readyz',
    {
      schema: {
        summary: 'Ready: people may be sent here.',
        tags: ['operations'],
        response: { 200: Report, 503: Report },
      },
    },
    async (_request, reply) => {
      const report = readiness()
      return reply.status(report.ready ? 200 : 503).send(report)
    },
  )
  server.get(
    '/metrics',
    { schema: { summary: 'Prometheus metrics.', tags: ['operations'] } },
    async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
}
