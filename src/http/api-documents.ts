/** The machine-readable documents: OpenAPI of REST with a page to read it, and AsyncAPI of the WebSocket protocol. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { object } from '../protocol/schema.ts'
import { type AsyncApiOptions, asyncApi, wireError } from './asyncapi.ts'
import { tables } from './protocol-tables.ts'

/** Registered before the routes it describes. */
export async function registerApiDocuments(server: FastifyInstance, options: AsyncApiOptions): Promise<void> {
  const { version, pathPrefix } = options
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Visavis',
        version,
        description: `REST for the agency’s systems and for operators. Pages and people use the WebSocket protocol (/asyncapi.json). A failed request is answered with \`{"error": {code, message, details, retryable, retryAfterMs?}}\`.\n\n${tables()}`,
        license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
      },
      servers: [{ url: pathPrefix === '' ? '/' : pathPrefix }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    },
    transformObject: withFailures,
  })
  await server.register(swaggerUi, {
    routePrefix: '/docs',
    // Its own default has upgrade-insecure-requests, which breaks it over plain HTTP.
    staticCSP: readerPolicy,
    uiHooks: {
      // The links of the page are relative only with the slash, and then work behind any prefix.
      onRequest: (request, reply, done) => {
        if (/^\/docs(\?|$)/.test(request.url)) void reply.redirect('docs/', 308)
        else done()
      },
    },
  })
  // Made when it is first asked for: few do, and every start would pay.
  let document: string | undefined
  server.get(
    '/asyncapi.json',
    { schema: { summary: 'The WebSocket protocol as an AsyncAPI document.', tags: ['documents'] } },
    async (_request, reply) => {
      document ??= JSON.stringify(asyncApi(options))
      return reply.type('application/json; charset=utf-8').send(document)
    },
  )
}

interface OpenApi {
  readonly components?: { readonly schemas?: object }
  readonly paths?: Readonly<Record<string, Readonly<Record<string, { responses?: Record<string, unknown> }>>>>
}

/** Every operation may fail, always in the same shape. */
function withFailures(document: object): object {
  const { openapiObject } = document as { openapiObject: OpenApi }
  const failure = {
    description: 'An error of the table above.',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
  }
  for (const operations of Object.values(openapiObject.paths ?? {}))
    for (const operation of Object.values(operations))
      operation.responses = { ...operation.responses, default: failure }
  const schemas = { ...openapiObject.components?.schemas, Failure: object({ error: wireError }) }
  return { ...openapiObject, components: { ...openapiObject.components, schemas } }
}

/** Swagger UI puts styles and the arrows of its lists inline, and builds HTML from text, so no Trusted Types here. */
const readerPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
