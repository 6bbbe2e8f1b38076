/** REST for operators: a certificate of capacity, by which enrolment of a region ends where it was not proven to be carried. */
import type { FastifyInstance } from 'fastify'
import { type Certificate, type CertificateKey, verifyCertificate } from '../capacity/certificate.ts'
import { VisavisError } from '../protocol/index.ts'
import { object, type Static, Text } from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'
import { type CallerOptions, callerOf } from './caller.ts'
import { InRegion, security } from './keeper.ts'

/**
 * From now on no more than `capacity` volunteers are followed in a region. Repeating it changes nothing.
 * @param expires ms since the epoch. @param by who handed the certificate over.
 */
export type CapEnrolment = (
  region: string,
  capacity: number,
  certificateId: string,
  expires: number,
  by: string,
) => Promise<unknown>

export interface CapacityCertificateOptions extends CallerOptions {
  readonly regions: readonly string[]
  /** Whose certificates are believed. Empty: nobody's. */
  readonly trusted: () => Promise<readonly Pick<CertificateKey, 'x'>[]>
  readonly capEnrolment: CapEnrolment
  /** What else it says is kept for operators. */
  readonly keep: (certificate: Certificate) => Promise<unknown>
}

const Accepted = object({
  certificate: Text(128),
  capacity: Type.Integer({ minimum: 0, description: 'the low end of the interval: what may be relied on' }),
  expiresAt: Type.Integer({ minimum: 0 }),
})
/** A certificate has a summary of each run. */
const certificateBytes = 1_048_576

export async function registerCapacityCertificate(
  server: FastifyInstance,
  options: CapacityCertificateOptions,
): Promise<void> {
  const { regions, trusted, capEnrolment, keep } = options
  server.put<{ Params: Static<typeof InRegion>; Body: unknown }>(
    '/api/regions/:region/capacity/certificate',
    {
      bodyLimit: certificateBytes,
      schema: {
        summary:
          'Hand over the certificate.json of a measurement: from now on no more people are followed in the region than the low end of its interval, until it expires. Refused when it is not signed by a key of VISAVIS_CAPACITY_KEYS, was changed, has expired, is of another region, or proves nothing. Repeating the request changes nothing.',
        tags: ['operations'],
        security,
        params: InRegion,
        body: Type.Unknown(),
        response: { 200: Accepted },
      },
    },
    async (request) => {
      const caller = await callerOf(request, options)
      if (caller !== 'agency' && caller.role !== 'operator') {
        throw new VisavisError(
          'FORBIDDEN',
          'only operators and the agency’s systems hand over certificates of capacity',
        )
      }
      const { region } = request.params
      if (!regions.includes(region)) throw new VisavisError('NOT_FOUND', `there is no region ${region}`)
      const keys = await trusted()
      const { findings, certificate } = verifyCertificate(request.body, { now: Date.now(), keys })
      const wrong = findings.find(({ ok }) => !ok)
      if (certificate === undefined || wrong !== undefined) {
        throw new VisavisError('BAD_REQUEST', `the certificate is refused: not so that ${wrong?.what ?? 'it is one'}`)
      }
      if (certificate.region !== region) {
        throw new VisavisError('BAD_REQUEST', `the certificate is of ${certificate.region}, and not of ${region}`)
      }
      const { capacity, verdict, id, expiresAt } = certificate
      if (capacity === undefined || verdict === 'NOT PROVEN') {
        throw new VisavisError('BAD_REQUEST', 'a certificate that proves nothing allows nothing')
      }
      await capEnrolment(region, capacity.low, id, expiresAt, caller === 'agency' ? 'agency' : caller.person)
      await keep(certificate)
      return { certificate: id, capacity: capacity.low, expiresAt }
    },
  )
}
