/** The built pages, and the little they must know before they connect. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { object, oneOf, optional, Text } from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'

export interface PagesOptions {
  /** Root of the checkout: the pages are in its dist/web. */
  readonly root: string
  readonly devSignIn: boolean
  readonly version: string
  /** How long a message can be edited (ms); 0: for ever. */
  readonly editWindowMs: number
  /** Whether jobseekers wait in the lobby until they are let in. */
  readonly lobbies: 'open' | 'kept'
  /** The agency's own site: where one signs in, and where whoever has done so gets a token. */
  readonly signInUrl?: string | undefined
  readonly tokenUrl?: string | undefined
}

const hashedAsset = /\.[A-Z0-9]{8}\.\w+$/i

export async function registerPages(
  server: FastifyInstance,
  { root, devSignIn, version, editWindowMs, lobbies, signInUrl, tokenUrl }: PagesOptions,
): Promise<void> {
  const agency = signInUrl === undefined || tokenUrl === undefined ? undefined : { signInUrl, tokenUrl }
  server.get(
    '/config.json',
    {
      schema: {
        summary: 'What the pages must know before they connect.',
        tags: ['pages'],
        response: {
          200: object({
            devSignIn: Type.Boolean(),
            version: Text(32),
            editWindowMs: Type.Integer({ minimum: 0, description: 'how long a message can be edited; 0 for ever' }),
            lobbies: oneOf('open', 'kept'),
            agency: optional(object({ signInUrl: Text(2_000), tokenUrl: Text(2_000) })),
          }),
        },
      },
    },
    async () => ({ devSignIn, version, editWindowMs, lobbies, ...(agency && { agency }) }),
  )
  const folder = join(root, 'dist', 'web')
  // A node without built pages still serves sessions: tests and API-only deployments have none.
  if (!existsSync(join(folder, 'index.html'))) return
  await server.register(fastifyStatic, {
    root: folder,
    cacheControl: false,
    setHeaders: (reply, path) => {
      void reply.header('cache-control', hashedAsset.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  for (const page of ['jobseeker', 'advisor', 'supervisor', 'operator', 'scheme', 'check', 'guest', 'workshop']) {
    server.get(`/${page}`, { schema: { hide: true } as object }, (_request, reply) => reply.sendFile(`${page}.html`))
  }
}
