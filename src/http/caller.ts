/** Who sends a REST request: the agency's systems, or somebody with a token of the identity provider. */
import type { FastifyRequest } from 'fastify'
import type { Identity } from '../auth/identity.ts'
import { VisavisError } from '../protocol/index.ts'
import { isSameSecret } from '../signed/signed.ts'

export interface CallerOptions {
  readonly tokens: { verify(token: string): Promise<{ readonly identity: Identity }> }
  readonly agencyToken: string | undefined
}

/** @throws VisavisError UNAUTHENTICATED. */
export async function callerOf(
  { headers }: FastifyRequest,
  { tokens, agencyToken }: CallerOptions,
): Promise<'agency' | Identity> {
  const token = bearerOf(headers)
  if (agencyToken !== undefined && isSameSecret(token, agencyToken)) return 'agency'
  return (await tokens.verify(token)).identity
}

/** @throws VisavisError UNAUTHENTICATED when there is none. */
export function bearerOf({ authorization = '' }: FastifyRequest['headers']): string {
  const token = /^Bearer (\S+)$/.exec(authorization)?.[1]
  if (token !== undefined) return token
  throw new VisavisError('UNAUTHENTICATED', 'an Authorization header with a bearer token is needed')
}
