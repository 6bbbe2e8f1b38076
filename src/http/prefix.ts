/** Everything under a path prefix: routes are written without it, requests come with it. */
import type { FastifyInstance } from 'fastify'

/** Where the prefix itself leads. The relative links of a page would lead astray from there. */
const entrance = '/.entrance'
/** There is never anything here: no route, and the pages' folder shows no hidden files. */
const outside = '/.outside'

/** The URL that the router sees of the one that was asked. Pure. */
export function withoutPrefix(url: string, prefix: string): string {
  if (!url.startsWith(prefix)) return outside
  const rest = url.slice(prefix.length)
  if (rest.startsWith('/') || prefix === '') return rest
  return rest === '' || rest.startsWith('?') ? entrance : outside
}

export function registerEntrance(server: FastifyInstance, prefix: string): void {
  if (prefix === '') return
  server.get(entrance, { schema: { hide: true } as object }, (_request, reply) => reply.redirect(`${prefix}/`, 308))
}
