/** For operators: how all nodes and regions stand beside what was certified, and which limits are near. */
import type { FastifyInstance } from 'fastify'
import { OperatorLoad } from '../protocol/operator.ts'
import { security } from './keeper.ts'
import { type OperatorOptions, requireOperator } from './operator.ts'

export interface OperatorLoadRouteOptions extends OperatorOptions {
  readonly load: () => Promise<OperatorLoad>
}

/** Whoever asks more often gets the same answer. */
const sameForMs = 1_000

export async function registerOperatorLoad(
  server: FastifyInstance,
  { tokens, load }: OperatorLoadRouteOptions,
): Promise<void> {
  let asked: { readonly at: number; readonly load: Promise<OperatorLoad> } | undefined
  server.get(
    '/api/operator/load',
    {
      exposeHeadRoute: false,
      onRequest: (request) => requireOperator(request, { tokens }, 'the load of a deployment is'),
      schema: {
        summary: 'Live load beside certified capacity: all nodes, all regions, Redis, and the limits that are near.',
        description:
          'Any node may be asked. It answers from what nodes say every second and what is counted every five: asking costs neither Redis nor other nodes anything, and the answer is the same for a second. What is counted in Redis is absent while that is away.',
        tags: ['operations'],
        security,
        response: { 200: OperatorLoad },
      },
    },
    async () => {
      const at = performance.now()
      if (asked === undefined || at - asked.at > sameForMs) asked = { at, load: load() }
      return asked.load
    },
  )
}
