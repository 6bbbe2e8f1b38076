/**
 * The floor for HTTP: Fastify with its defaults, which answers each route with the bytes that Visavis answered, from memory. No
 * rights, no validation, no storage, no security headers, no metrics.
 *
 * FLOOR_ROUTES: path of a JSON file with what to answer.
 */
import { readFile } from 'node:fs/promises'
import { fastify } from 'fastify'

export interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly contentType: string
  readonly answer: string
}

const { FLOOR_ROUTES = '' } = process.env
const routes = JSON.parse(await readFile(FLOOR_ROUTES, 'utf8')) as Route[]
const server = fastify()
for (const { method, path, contentType, answer } of routes) {
  const bytes = Buffer.from(answer)
  server.route({ method, url: path, handler: async (_request, reply) => reply.type(contentType).send(bytes) })
}
const url = await server.listen({ host: '127.0.0.1', port: 0 })
console.log(JSON.stringify({ msg: 'listening', url }))
process.once('SIGTERM', () => process.exit(0))
