/** REST for the agency's systems and supervisors: where somebody gets mail, and how. */
import type { FastifyInstance } from 'fastify'
import type { Person } from '../enrolment/enrolment.ts'
import type { Contacts } from '../notices/contacts.ts'
import { VisavisError } from '../protocol/index.ts'
import { Digest, Email, Language, Preferences, Quiet } from '../protocol/notice.ts'
import { object, optional, PersonId, RegionId, type Static } from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'
import { createKeepers, type Keeper, type KeeperOptions, security } from './keeper.ts'

export interface ContactsOptions extends KeeperOptions {
  readonly contacts: Contacts
}

const Body = object({
  email: Email,
  /** Default: French. */
  language: optional(Language),
  /** Default: each. */
  digest: optional(Digest),
  quiet: optional(Quiet),
})
const ContactSchema = object({ ...Preferences.properties, email: optional(Email) })
const OnePerson = object({ region: RegionId, id: PersonId })
const path = '/api/regions/:region/people/:id/contact'

export async function registerContacts(server: FastifyInstance, options: ContactsOptions): Promise<void> {
  const { enrolment, contacts } = options
  const keepers = createKeepers(options)
  const routes = { onRequest: keepers.authorize }

  /** Somebody of another team is answered like nobody, so that ids cannot be probed. */
  const requirePerson = async (keeper: Keeper, { region, id }: Static<typeof OnePerson>): Promise<Person> => {
    const person = await enrolment.person(region, id)
    const [visible] = person === undefined ? [false] : await keeper.may('viewPerson', [person])
    if (person === undefined || visible !== true) throw new VisavisError('NOT_FOUND', `there is no ${id} in ${region}`)
    await keeper.require('keepPerson', person)
    return person
  }

  server.put<{ Params: Static<typeof OnePerson>; Body: Static<typeof Body> }>(
    path,
    {
      ...routes,
      schema: {
        summary:
          'Where somebody gets mail, and how. What they have chosen themselves (language, digest, quiet hours) stays, and is what is answered. Repeating the request changes nothing.',
        tags: ['people'],
        security,
        params: OnePerson,
        body: Body,
        response: { 200: object({ contact: ContactSchema, changed: Type.Boolean() }) },
      },
    },
    async (request) => {
      const { region, id } = request.params
      await requirePerson(keepers.of(request), request.params)
      return contacts.set(region, id, request.body)
    },
  )

  server.get<{ Params: Static<typeof OnePerson> }>(
    path,
    {
      ...routes,
      schema: {
        summary: 'Where somebody gets mail, and how.',
        tags: ['people'],
        security,
        params: OnePerson,
        response: { 200: ContactSchema },
      },
    },
    async (request) => {
      const { region, id } = request.params
      await requirePerson(keepers.of(request), request.params)
      const contact = await contacts.get(region, id)
      if (contact === undefined) throw new VisavisError('NOT_FOUND', `nothing is known of how to write to ${id}`)
      return contact
    },
  )
}
