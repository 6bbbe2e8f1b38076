/** REST for the agency’s systems and supervisors: a person is erased, and there is a receipt of it. */
import type { FastifyInstance } from 'fastify'
import type { Erasures } from '../enrolment/erasures.ts'
import { VisavisError } from '../protocol/index.ts'
import {
  IdempotencyKey,
  list,
  object,
  oneOf,
  optional,
  PersonId,
  RegionId,
  type Static,
  Text,
  Timestamp,
} from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'
import { createKeepers, type Keeper, type KeeperOptions, security } from './keeper.ts'

export interface ErasuresOptions extends KeeperOptions {
  readonly erasures: Erasures
}

const OnePerson = object({ region: RegionId, id: PersonId })
const ErasureId = Type.String({ pattern: '^[a-f0-9]{24}$', maxLength: 24, description: 'an erasure' })
const OneErasure = object({ region: RegionId, id: ErasureId })
const Count = Type.Integer({ minimum: 0 })
const Hex = Type.String({ pattern: '^[a-f0-9]{64}$', maxLength: 64 })

const Receipt = object({
  region: RegionId,
  /** The commitment. */
  person: Hex,
  requestedAt: Timestamp,
  completedAt: Timestamp,
  by: Text(64),
  counts: object({
    ...{
      messages: Count,
      files: Count,
      notes: Count,
      callbacks: Count,
      appointments: Count,
      notices: Count,
      replies: Count,
    },
    /** Of those kept to tell connected and returning pages: at least so many. */
    events: Count,
  }),
  log: oneOf('rewritten', 'operator'),
})
const ErasureSchema = object({
  id: ErasureId,
  state: oneOf('erasing', 'erased'),
  requestedAt: Timestamp,
  by: Text(64),
  pending: list(Text(64), 50),
  receipt: optional(Receipt),
  collectedAt: optional(Timestamp),
})

const description =
  'The receipt names the person by a commitment only: the SHA-256 of the salt (32 bytes, told in hexadecimal) followed by `{"person":…,"region":…,"requestedAt":…}` (RFC 8785). The salt is told by `POST …/receipt` alone.'

export async function registerErasures(server: FastifyInstance, options: ErasuresOptions): Promise<void> {
  const { enrolment, erasures } = options
  const keepers = createKeepers(options)
  const routes = { onRequest: keepers.authorize }

  /** Whoever has asked for it, and whoever has to do with the whole region: of whom it is, nobody can tell any more. */
  const visible = async (keeper: Keeper, { region, id }: Static<typeof OneErasure>) => {
    const erasure = await erasures.get(region, id)
    if (keeper.wholeRegion || erasure.by === keeper.name) return erasure
    throw new VisavisError('NOT_FOUND', `there is no erasure ${id}`)
  }

  server.delete<{ Params: Static<typeof OnePerson>; Querystring: { key: string } }>(
    '/api/regions/:region/people/:id',
    {
      ...routes,
      schema: {
        summary:
          'Erase a person with everything there is of them. Access ends at once; the rest follows, as the erasure tells. It cannot be taken back. Repeating the request with the same key changes nothing.',
        description: 'An advisor whom a jobseeker still names is refused (409): hand their jobseekers over first.',
        tags: ['people'],
        security,
        params: OnePerson,
        querystring: object({ key: IdempotencyKey }),
        response: { 202: ErasureSchema },
      },
    },
    async (request, reply) => {
      const { region, id } = request.params
      const { key } = request.query
      const keeper = keepers.of(request)
      const done = await erasures.repeated(region, id, key)
      if (done === undefined) {
        const person = await enrolment.person(region, id)
        const [seen] = person === undefined ? [false] : await keeper.may('viewPerson', [person])
        if (person === undefined || seen !== true) throw new VisavisError('NOT_FOUND', `there is no ${id} in ${region}`)
        await keeper.require('keepPerson', person)
      }
      const erasure = done ?? (await erasures.begin(region, id, { by: keeper.name, key }))
      return reply.code(202).send(await visible(keeper, { region, id: erasure }))
    },
  )

  server.get<{ Params: Static<typeof OneErasure> }>(
    '/api/regions/:region/erasures/:id',
    {
      ...routes,
      schema: {
        summary: 'How far an erasure is, and its receipt.',
        description,
        tags: ['people'],
        security,
        params: OneErasure,
        response: { 200: ErasureSchema },
      },
    },
    async (request) => visible(keepers.of(request), request.params),
  )

  server.post<{ Params: Static<typeof OneErasure>; Body: { key: string } }>(
    '/api/regions/:region/erasures/:id/receipt',
    {
      ...routes,
      schema: {
        summary:
          'Collect the receipt of an erasure that is complete, with the salt of its commitment, which is not kept. It is handed out to one key; for 48 hours a repeat with the same key gets the same. Nobody who comes later than 30 days gets it.',
        description,
        tags: ['people'],
        security,
        params: OneErasure,
        body: object({ key: IdempotencyKey }),
        response: { 200: object({ ...Receipt.properties, salt: Hex }) },
      },
    },
    async (request) => {
      const { region, id } = request.params
      await visible(keepers.of(request), request.params)
      return erasures.collect(region, id, request.body.key)
    },
  )
}
