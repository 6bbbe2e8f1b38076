/** For operators and load balancers: is the process alive, may it be sent people, what does it measure. */
import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../ops/metrics.ts'
import { object } from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'

export interface Readiness {
  readonly ready: boolean
  /** One word or sentence per part, for the operator who asks why not. */
  readonly parts: Readonly<Record<string, string>>
}

export interface HealthOptions {
  readonly metrics: Metrics
  readonly readiness: () => Readiness
  /** Asks each for a sign of life, and takes silence for none. */
  readonly signs: () => Promise<Signs>
}

export interface Signs {
  readonly redis: boolean
  /** All media workers. */
  readonly worker: boolean
}

/** Whoever asks more often gets the same answer: nobody can make the node ask all the time. */
const signsForMs = 1_000

const SignsReport = object({ redis: Type.Boolean(), worker: Type.Boolean() })
const Report = object({ ready: Type.Boolean(), parts: Type.Record(Type.String(), Type.String()) })

export async function registerHealth(
  server: FastifyInstance,
  { metrics, readiness, signs }: HealthOptions,
): Promise<void> {
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
  let asked: { readonly at: number; readonly signs: Promise<Signs> } | undefined
  server.get(
    '/healthz',
    {
      schema: {
        summary: 'For a probe: whether Redis and every media worker answer at this moment.',
        tags: ['operations'],
        response: { 200: SignsReport, 503: SignsReport },
      },
    },
    async (_request, reply) => {
      const at = performance.now()
      if (asked === undefined || at - asked.at > signsForMs) asked = { at, signs: signs() }
      const found = await asked.signs
      return reply.status(found.redis && found.worker ? 200 : 503).send(found)
    },
  )
  server.get(
    '/metrics',
    { schema: { summary: 'Prometheus metrics.', tags: ['operations'] } },
    async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
}
