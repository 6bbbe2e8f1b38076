/** Development sign-in: sample people, and a token for whoever asks. Registered only when the settings allow it. */
import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import type { Tokens } from '../auth/tokens.ts'
import type { Enrolment, Person } from '../enrolment/enrolment.ts'
import { VisavisError } from '../protocol/index.ts'
import { list, object, optional, PersonId, RegionId, Role, Text } from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'

export interface DevelopmentOptions {
  readonly enrolment: Enrolment
  readonly tokens: Tokens
  readonly region: string
}

const SamplePerson = object({ id: PersonId, role: Role, name: Text(120), region: RegionId })

/** Adds the sample people that are not there yet; those that were changed stay as they are. */
export async function addSamplePeople(enrolment: Enrolment): Promise<readonly Person[]> {
  const file = new URL('../../config/sample-people.json', import.meta.url)
  const people = JSON.parse(await readFile(file, 'utf8')) as Person[]
  // In order: an advisor is there before the jobseekers who name them.
  for (const person of people) {
    if ((await enrolment.person(person.region, person.id)) === undefined) await enrolment.put(person)
  }
  return people
}

export async function registerDevelopment(server: FastifyInstance, options: DevelopmentOptions): Promise<void> {
  const { enrolment, tokens, region } = options
  server.get(
    '/dev/people',
    {
      schema: {
        summary: 'The people one can sign in as (development only).',
        tags: ['development'],
        response: { 200: object({ people: list(SamplePerson, 100) }) },
      },
    },
    async () => {
      const { people } = await enrolment.list(region, { limit: 100 })
      return { people: people.map(({ id, role, name }) => ({ id, role, name, region })) }
    },
  )
  server.post<{ Body: { person: string; region?: string } }>(
    '/dev/token',
    {
      schema: {
        summary:
          'A token for any enrolled person, of the sample people’s region unless another is named (development only).',
        tags: ['development'],
        body: object({ person: PersonId, region: optional(RegionId) }),
        response: { 200: object({ token: Type.String(), expiresAt: Type.Integer() }) },
      },
    },
    async ({ body: { person: id, region: home = region } }) => {
      const person = await enrolment.person(home, id)
      if (person === undefined) throw new VisavisError('NOT_FOUND', `there is no ${id} in ${home}`)
      return tokens.sign({ person: person.id, role: person.role, name: person.name, region: home })
    },
  )
}
