/** For operators: the nodes that share rooms, how loaded they are, and taking one of them out of service without a talk ending. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { list, object, optional, type Static, Text } from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'
import { security } from './keeper.ts'
import { type OperatorOptions, requireOperator } from './operator.ts'

export interface NodesOptions extends OperatorOptions {
  readonly places: {
    nodes(): Promise<Shown[]>
    drain(name: string, on: boolean): Promise<Shown>
  }
}

const NodeName = Type.String({ pattern: '^[A-Za-z0-9.-]{1,64}$', maxLength: 64 })
const OneNode = object({ name: NodeName })
const Node = object({
  name: NodeName,
  /** Under which browsers reach it; absent for a node that is alone. */
  url: optional(Text(2_048)),
  rooms: Type.Integer({ minimum: 0 }),
  participants: Type.Integer({ minimum: 0 }),
  /** Time its media workers have left, in cores. */
  freeCpu: Type.Number({ minimum: 0 }),
  /** It takes no new rooms. */
  draining: Type.Boolean(),
  /** Since it last said that it lives (ms). */
  silentMs: Type.Number({ minimum: 0 }),
})

type Shown = Omit<Static<typeof Node>, 'url'> & { readonly url: string | undefined }

export async function registerNodes(server: FastifyInstance, { places, tokens }: NodesOptions): Promise<void> {
  const routes = { onRequest: (request: FastifyRequest) => requireOperator(request, { tokens }, 'nodes are') }
  const tags = ['operations']

  server.get(
    '/api/nodes',
    {
      ...routes,
      schema: {
        summary: 'The nodes that share rooms, as they said within the last second. For operators.',
        tags,
        security,
        response: { 200: object({ nodes: list(Node, 1_000) }) },
      },
    },
    async () => ({ nodes: (await places.nodes()).map(written) }),
  )

  for (const [method, on, summary] of [
    [
      'PUT',
      true,
      'Drain a node: it takes no new rooms and says so in /readyz; talks go on, and it is empty when the last has ended. Any node may be asked. Repeating changes nothing.',
    ],
    ['DELETE', false, 'Put a node back into service. Repeating changes nothing.'],
  ] as const)
    server.route<{ Params: Static<typeof OneNode> }>({
      method,
      url: '/api/nodes/:name/drain',
      ...routes,
      schema: { summary, tags, security, params: OneNode, response: { 200: object({ node: Node }) } },
      handler: async ({ params }) => ({ node: written(await places.drain(params.name, on)) }),
    })
}

const written = ({ url, name, rooms, participants, freeCpu, draining, silentMs }: Shown) => ({
  ...{ name, rooms, participants, freeCpu, draining, silentMs },
  ...(url === undefined ? {} : { url }),
})
