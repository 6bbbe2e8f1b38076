/** Who may see and do what is for operators only. */
import type { FastifyRequest } from 'fastify'
import { mayOperate } from '../auth/grants.ts'
import type { Identity } from '../auth/identity.ts'
import { VisavisError } from '../protocol/index.ts'
import { callerOf } from './caller.ts'

export interface OperatorOptions {
  readonly tokens: { verify(token: string): Promise<{ readonly identity: Identity }> }
}

/**
 * The identity provider alone vouches for operators: they are let in while Redis is away, when they are needed most.
 * @throws VisavisError UNAUTHENTICATED, FORBIDDEN.
 */
export async function requireOperator(
  request: FastifyRequest,
  { tokens }: OperatorOptions,
  what: string,
): Promise<void> {
  const caller = await callerOf(request, { tokens, agencyToken: undefined })
  if (caller === 'agency' || !mayOperate(caller)) throw new VisavisError('FORBIDDEN', `${what} for operators only`)
}
