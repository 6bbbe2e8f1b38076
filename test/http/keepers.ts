/** The REST of people, covers and imports on a real Redis, without the rest of a node. */

import { fastify } from 'fastify'
import { pino } from 'pino'
import type { Test } from 'tap'
import type { Identity } from '../../src/auth/identity.ts'
import { Covers } from '../../src/enrolment/covers.ts'
import { Enrolment, type Person } from '../../src/enrolment/enrolment.ts'
import { Transfers } from '../../src/enrolment/transfers.ts'
import { registerCovers } from '../../src/http/covers.ts'
import { answerErrors } from '../../src/http/errors.ts'
import { registerImport } from '../../src/http/import.ts'
import { registerPeople } from '../../src/http/people.ts'
import { VisavisError } from '../../src/protocol/index.ts'
import { testRedis } from '../support/redis.ts'

const agencyToken = 'agency'.repeat(8)

/** Two teams of a region with a supervisor each, one of the whole region, and a region next door. */
const people: readonly Person[] = [
  { id: 'sup-red', role: 'supervisor', name: 'S', region: 'north', team: 'red', disabled: false },
  { id: 'sup-all', role: 'supervisor', name: 'S', region: 'north', disabled: false },
  { id: 'sup-gone', role: 'supervisor', name: 'S', region: 'north', disabled: true },
  { id: 'anne', role: 'advisor', name: 'Anne', region: 'north', team: 'red', disabled: false },
  { id: 'bruno', role: 'advisor', name: 'Bruno', region: 'north', team: 'red', disabled: false },
  { id: 'chloe', role: 'advisor', name: 'Chloé', region: 'north', team: 'blue', disabled: false },
  { id: 'x', role: 'jobseeker', name: 'X', region: 'north', advisor: 'anne', disabled: false },
  { id: 'z', role: 'jobseeker', name: 'Z', region: 'north', advisor: 'chloe', disabled: false },
]

export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown> & { readonly error?: { readonly code: string; readonly message: string } }
}

export async function testKeepers(t: Test) {
  const redis = await testRedis(t)
  const enrolment = new Enrolment({ client: redis.client })
  const covers = new Covers({ client: redis.client })
  for (const person of people) await enrolment.put(person)
  // `<role>:<person>`, or `<role>:<person>:<region>`: what a token of theirs would say.
  const tokens = {
    async verify(token: string): Promise<{ identity: Identity }> {
      const [role, person, region = 'north'] = token.split(':')
      if (role === undefined || person === undefined) throw new VisavisError('UNAUTHENTICATED', 'the token was refused')
      return { identity: { person, role: role as Identity['role'], name: person, region } }
    },
  }
  const server = fastify({
    bodyLimit: 64 * 1024,
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', strict: true } },
  })
  answerErrors(server, pino({ level: 'silent' }))
  const transfers = new Transfers({ client: redis.client })
  const options = { enrolment, transfers, covers, tokens, regions: ['north', 'south'], agencyToken }
  await registerPeople(server, options)
  await registerCovers(server, options)
  await registerImport(server, options)
  t.teardown(() => server.close())
  const url = await server.listen({ port: 0, host: '127.0.0.1' })
  const call = async (
    method: string,
    path: string,
    { token = agencyToken, body, type }: { token?: string; body?: unknown; type?: string } = {},
  ): Promise<Answer> => {
    const response = await fetch(`${url}/api/regions/${path}`, {
      method,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
      },
      ...(body === undefined ? {} : { body: type === undefined ? JSON.stringify(body) : (body as string) }),
    })
    return { status: response.status, body: (await response.json()) as Answer['body'] }
  }
  return { call, enrolment, covers, redis, url, agencyToken }
}

export const red = 'supervisor:sup-red'
export const wholeRegion = 'supervisor:sup-all'
