/** REST by which a page that was given a token learns whose it is: which claims say so, this service alone knows. */
import type { FastifyInstance } from 'fastify'
import type { Tokens } from '../auth/tokens.ts'
import { object, PersonId, RegionId, Role, Text, Timestamp } from '../protocol/schema.ts'
import { bearerOf } from './caller.ts'
import { security } from './keeper.ts'

export interface SignedInOptions {
  readonly tokens: Pick<Tokens, 'verify'>
}

export async function registerSignedIn(server: FastifyInstance, { tokens }: SignedInOptions): Promise<void> {
  server.get(
    '/api/signed-in',
    {
      schema: {
        summary: 'Whose token it is, and until when it can be used.',
        tags: ['pages'],
        security,
        response: {
          200: object({ person: PersonId, role: Role, name: Text(200), region: RegionId, expiresAt: Timestamp }),
        },
      },
    },
    async ({ headers }) => {
      const { identity, expiresAt } = await tokens.verify(bearerOf(headers))
      return { ...identity, expiresAt }
    },
  )
}
