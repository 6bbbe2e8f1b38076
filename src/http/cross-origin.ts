/** Lets the pages of origins that may connect use a route as well (CORS). No cookie is involved: a token is sent. */
import type { FastifyInstance } from 'fastify'

export interface CrossOriginOptions {
  readonly method: string
  readonly path: string
  /** As browsers write them. */
  readonly allowedOrigins: readonly string[]
}

const rememberedSeconds = 600

/** For every route of the scope; the browser's question before it is answered at `path`. */
export function allowOrigins(scope: FastifyInstance, { method, path, allowedOrigins }: CrossOriginOptions): void {
  if (allowedOrigins.length === 0) return
  scope.addHook('onRequest', async ({ headers: { origin } }, reply) => {
    void reply.header('vary', 'origin')
    if (origin !== undefined && allowedOrigins.includes(origin)) {
      void reply.header('access-control-allow-origin', origin)
    }
  })
  scope.options(path, { schema: { hide: true } as object }, (_request, reply) =>
    reply
      .status(204)
      .headers({
        'access-control-allow-methods': method,
        'access-control-allow-headers': 'authorization, content-type',
        'access-control-max-age': rememberedSeconds,
      })
      .send(),
  )
}
