/**
 * Files of a channel: how they are sent, and how they are fetched. Bytes do not go over the WebSocket, where they would
 * hold up everything else.
 */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Attachments } from '../attachments/attachments.ts'
import { requireConversation } from '../auth/grants.ts'
import type { Identity } from '../auth/identity.ts'
import type { Enrolment } from '../enrolment/enrolment.ts'
import type { Metrics } from '../ops/metrics.ts'
import { Attachment } from '../protocol/attachment.ts'
import { type ErrorCode, VisavisError } from '../protocol/index.ts'
import { AttachmentId, ChannelId, IdempotencyKey, object, type Static, Text } from '../protocol/schema.ts'
import type { BodyDeadlines } from './body-deadlines.ts'
import { callerOf } from './caller.ts'
import { allowOrigins } from './cross-origin.ts'
import { savedAs } from './disposition.ts'
import type { PaceRule } from './pace.ts'
import { pacedBody } from './paced-body.ts'

export interface AttachmentRoutesOptions {
  readonly attachments: Attachments
  readonly enrolment: Enrolment
  readonly tokens: { verify(token: string): Promise<{ readonly identity: Identity }> }
  readonly bodies: BodyDeadlines
  readonly allowedOrigins: readonly string[]
  readonly metrics: Pick<Metrics, 'limits'>
}

/** Under which name a limit that a sender has reached is counted. */
const limits: Readonly<Partial<Record<ErrorCode, string>>> = {
  RATE_LIMITED: 'attachmentsPerHour',
  TOO_LARGE: 'attachmentBytes',
}

/** GPRS sends about 2,500 bytes a second, EDGE 8,000 and more: 10 MB take three quarters of an hour at most. */
const pace: PaceRule = { bytesPerSecond: 4_000, graceMs: 15_000, longestSilenceMs: 60_000 }

const uploadPath = '/api/channels/:channel/attachments'
const InChannel = object({ channel: ChannelId })
const UploadQuery = object({ name: Text(500), key: IdempotencyKey })
const OneFile = object({ channel: ChannelId, id: AttachmentId })
/** Loose, so that whatever somebody makes of a link is refused as a link. */
const LinkQuery = object({ reader: Text(100), region: Text(100), expires: Text(20), signature: Text(100) })

const uploadDescription = `The body is the file as it is, whatever its \`Content-Type\`; the token is the one of \`session.open\`. Whoever may converse in the channel may send: PDF; PNG, JPEG, WebP, GIF, HEIC; docx, xlsx, pptx; odt, ods, odp; UTF-8 text. What it is shows by its content. Refused with \`UNSUPPORTED\` and a word in \`details.reason\`: \`type\`, \`text\` (not UTF-8), \`markup\` (HTML, SVG, XML), \`archive\`, \`damaged\`, \`macros\`, \`legacy-office\`, \`infected\`. It must come at ${pace.bytesPerSecond} bytes a second or faster. A repeat with the same \`key\` gets the first answer. A file that no message claims within a day is removed.`

export async function registerAttachments(server: FastifyInstance, options: AttachmentRoutesOptions): Promise<void> {
  await registerUpload(server, options)
  registerDownload(server, options)
}

async function registerUpload(server: FastifyInstance, options: AttachmentRoutesOptions): Promise<void> {
  const { attachments, enrolment, bodies, allowedOrigins, metrics } = options
  const senders = new WeakMap<FastifyRequest, Identity>()
  const senderOf = (request: FastifyRequest): Identity => {
    const sender = senders.get(request)
    if (sender === undefined) throw new Error('an upload without authorization')
    return sender
  }

  // A scope of its own: only this route takes any body, and takes it as it comes.
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, file, done) => done(null, file))
    allowOrigins(scope, { method: 'POST', path: uploadPath, allowedOrigins })
    scope.post<{ Params: Static<typeof InChannel>; Querystring: Static<typeof UploadQuery>; Body: unknown }>(
      uploadPath,
      {
        // Before anything of the file is read: who sends has its own time for that.
        onRequest: async (request) => {
          const sender = await callerOf(request, { tokens: options.tokens, agencyToken: undefined })
          if (sender === 'agency') throw new Error('there is no agency token here')
          await requireChannel(enrolment, sender, request.params.channel)
          senders.set(request, sender)
        },
        schema: {
          summary: 'Send a file, which a message of the channel can then claim.',
          description: uploadDescription,
          tags: ['attachments'],
          consumes: ['application/octet-stream'],
          security: [{ bearer: [] }],
          params: InChannel,
          querystring: UploadQuery,
          response: { 200: Attachment },
        },
      },
      async (request, reply) => {
        const { raw, params, query, headers, body } = request
        if (!isBody(body)) throw new VisavisError('BAD_REQUEST', 'the body is the file')
        const { person } = senderOf(request)
        const announcedBytes = Number(headers['content-length'] ?? 0)
        const upload = { ...query, person, announcedBytes }
        return bodies
          .lift(raw, reply.raw, () => attachments.upload(params.channel, upload, pacedBody(body, pace)))
          .catch((error: unknown) => {
            const limit = error instanceof VisavisError ? limits[error.code] : undefined
            if (limit !== undefined) metrics.limits.inc({ limit })
            throw error
          })
      },
    )
  })
}

function registerDownload(server: FastifyInstance, { attachments, enrolment }: AttachmentRoutesOptions): void {
  server.get<{ Params: Static<typeof OneFile>; Querystring: Static<typeof LinkQuery> }>(
    '/attachments/:channel/:id',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Fetch a file by a link of attachment.link, while its reader takes part in the channel.',
        tags: ['attachments'],
        params: OneFile,
        querystring: LinkQuery,
        produces: ['application/octet-stream'],
      },
    },
    async ({ params: { channel, id }, query }, reply) => {
      const { reader, region, expires, signature } = query
      await attachments.checkLink({ channel, id, reader, region, expiresAt: momentOf(expires) }, signature)
      // The link says who it is for; whether they still take part is for the record to say, at this moment.
      const role = reader === channel ? 'jobseeker' : 'advisor'
      await requireChannel(enrolment, { person: reader, role, region, name: '' }, channel)
      const { attachment, bytes } = await attachments.open(channel, id, reader)
      return reply
        .headers({
          'content-type': contentTypeOf(attachment.mediaType),
          'content-length': attachment.bytes,
          'content-disposition': savedAs(attachment.name),
          // Whoever gets a browser to show it all the same has it shown without rights.
          'content-security-policy': "sandbox; default-src 'none'",
          'x-content-type-options': 'nosniff',
          'cache-control': 'private, no-store',
        })
        .send(bytes)
    },
  )
}

/** @throws VisavisError FORBIDDEN, also for a channel that there is not. */
async function requireChannel(enrolment: Enrolment, identity: Identity, channel: string): Promise<void> {
  const { self, subject, covers } = await enrolment.access(identity, channel)
  requireConversation(identity, subject, { now: Date.now(), self, covers })
}

/** Written in another way it is another link. */
const momentOf = (text: string): number => (String(Number(text)) === text ? Number(text) : Number.NaN)

const contentTypeOf = (mediaType: string): string =>
  mediaType === 'text/plain' ? 'text/plain; charset=utf-8' : mediaType || 'application/octet-stream'

const isBody = (body: unknown): body is IncomingMessage =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body
