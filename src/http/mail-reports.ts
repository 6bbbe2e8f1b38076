/** What became of mails after the mail server has taken them, told by a provider or read from the sender's mailbox. */
import type { FastifyInstance } from 'fastify'
import { type DeliveryReport, readDeliveryReport } from '../notices/delivery-report.ts'
import { type NoticeName, splitName } from '../notices/proofs.ts'
import { VisavisError } from '../protocol/index.ts'
import { list, object, oneOf, optional, type Static, Text, Timestamp } from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'
import { type CallerOptions, callerOf } from './caller.ts'
import { security } from './keeper.ts'

export interface MailReportsOptions extends CallerOptions {
  readonly regions: readonly string[]
  /** Keeps what was reported. @returns whether the mail is known. */
  readonly onReport: (notice: NoticeName, report: DeliveryReport) => Promise<boolean>
}

const Reports = object({
  reports: list(
    object({
      /** As in the header `X-Visavis-Report` of the mail, or its ENVID. */
      id: Text(200),
      outcome: oneOf('delivered', 'failed'),
      /** The enhanced status code: 5.1.1 … */
      status: optional(Type.String({ pattern: '^[245]\\.\\d{1,3}\\.\\d{1,3}$', maxLength: 9 })),
      /** When it was (ms). Default: now. An invitation counts only if it had come before the appointment began. */
      at: optional(Timestamp),
    }),
    500,
  ),
})
const Kept = object({ kept: Type.Integer({ minimum: 0 }) })

/** A report quotes the headers of the mail, or all of it. */
const mailBytes = 1_048_576
const mailTypes = ['message/rfc822', 'multipart/report']
const route = '/api/mail-reports'
const description =
  'Either a list of reports, as a small program makes it of a provider’s webhook, or one report as a mail system sends it to the sender’s mailbox (RFC 3464; `message/rfc822`). What is about no mail of ours is passed over. A repeat changes nothing.'

export async function registerMailReports(server: FastifyInstance, options: MailReportsOptions): Promise<void> {
  const { regions, onReport } = options

  const keep = async (reports: readonly DeliveryReport[]) => {
    let kept = 0
    for (const report of reports) {
      const notice = splitName(report.id)
      if (notice !== undefined && regions.includes(notice.region) && (await onReport(notice, report))) kept += 1
    }
    return { kept }
  }

  await server.register(async (scope) => {
    // In a scope of its own: no other route takes mails.
    scope.addContentTypeParser(mailTypes, { parseAs: 'string', bodyLimit: mailBytes }, (_request, body, done) =>
      done(null, body),
    )
    scope.post<{ Body: Static<typeof Reports> | string }>(
      route,
      {
        onRequest: async (request) => {
          if ((await callerOf(request, options)) === 'agency') return
          throw new VisavisError('FORBIDDEN', 'only the agency’s systems report what became of mails')
        },
        schema: {
          summary: 'Report which mails were delivered or came back. For the agency’s systems only.',
          description,
          tags: ['people'],
          security,
          consumes: ['application/json', ...mailTypes],
          body: { content: { 'application/json': { schema: Reports } } },
          response: { 200: Kept },
        },
      },
      async ({ body }) => {
        if (typeof body !== 'string') return keep(body.reports)
        const report = readDeliveryReport(body)
        return keep(report === undefined ? [] : [report])
      },
    )
  })
}
