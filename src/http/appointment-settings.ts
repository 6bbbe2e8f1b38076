/** REST for the agency's systems and supervisors: how a region makes appointments. */
import type { FastifyInstance } from 'fastify'
import type { AppointmentBook } from '../appointments/book.ts'
import { AppointmentSettings } from '../protocol/appointment-settings.ts'
import { VisavisError } from '../protocol/index.ts'
import { partial, type Static } from '../protocol/schema.ts'
import { createKeepers, InRegion, type KeeperOptions, security } from './keeper.ts'

export interface AppointmentSettingsOptions extends KeeperOptions {
  readonly book: Pick<AppointmentBook, 'settings'>
}

const route = '/api/regions/:region/appointment-settings'
const tags = ['appointments']

export async function registerAppointmentSettings(server: FastifyInstance, options: AppointmentSettingsOptions) {
  const { settings } = options.book
  const keepers = createKeepers(options)
  const routes = { onRequest: keepers.authorize }
  server.get<{ Params: Static<typeof InRegion> }>(
    route,
    {
      ...routes,
      schema: {
        summary: 'How a region makes appointments.',
        ...{ tags, security, params: InRegion, response: { 200: AppointmentSettings } },
      },
    },
    async ({ params: { region } }) => settings.of(region),
  )
  server.patch<{ Params: Static<typeof InRegion>; Body: Partial<AppointmentSettings> }>(
    route,
    {
      ...routes,
      schema: {
        summary:
          'Change how a region makes appointments; what is not named stays. Those that were made stay as they are.',
        ...{ tags, security, params: InRegion, body: partial(AppointmentSettings) },
        response: { 200: AppointmentSettings },
      },
    },
    async (request) => {
      if (!keepers.of(request).wholeRegion) {
        throw new VisavisError('FORBIDDEN', 'only the agency’s systems and supervisors of a whole region set that')
      }
      return settings.set(request.params.region, request.body)
    },
  )
}
