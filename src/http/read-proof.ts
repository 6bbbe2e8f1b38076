/** The page behind the link of an official mail. It needs no sign-in; only its button says that the mail was read. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { NoticeName, Proofs } from '../notices/proofs.ts'
import type { Language } from '../protocol/index.ts'
import { object, optional, type Static } from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'
import { readProofPage, type ShownAppointment } from './read-proof-page.ts'

export interface ReadProofOptions {
  readonly proofs: Pick<Proofs, 'notice'>
  /** What the mail is about, as it stands now; undefined when that is gone. */
  readonly about: (notice: NoticeName) => Promise<ShownAppointment | undefined>
  /** Its reader has said that they have read it. */
  readonly onRead: (notice: NoticeName) => Promise<void>
}

const Query = object({ token: optional(Type.String({ maxLength: 512 })) })
const formType = 'application/x-www-form-urlencoded'

export async function registerReadProof(server: FastifyInstance, options: ReadProofOptions): Promise<void> {
  const { proofs, about, onRead } = options

  const show = async (request: FastifyRequest, reply: FastifyReply, token: string, act: 'look' | 'confirm') => {
    const notice = await proofs.notice(token)
    const shown = notice === undefined ? undefined : await about(notice)
    if (notice === undefined || shown === undefined) {
      const is = notice === undefined ? 'invalid' : 'gone'
      return send(reply.status(notice === undefined ? 404 : 200), readProofPage({ is, language: languageOf(request) }))
    }
    if (act === 'confirm') await onRead(notice)
    return send(reply, readProofPage({ is: act === 'confirm' ? 'confirmed' : 'asked', token, shown }))
  }

  await server.register(async (scope) => {
    // In a scope of its own, like the page of e-mail preferences.
    scope.addContentTypeParser(formType, { parseAs: 'string', bodyLimit: 1_024 }, (_request, _body, done) =>
      done(null, undefined),
    )
    scope.get<{ Querystring: Static<typeof Query> }>(
      '/read',
      {
        schema: {
          summary:
            'What an official mail is about, as it stands now. To look at it proves nothing: programs follow links, too.',
          tags: ['pages'],
          querystring: Query,
        },
      },
      async (request, reply) => show(request, reply, request.query.token ?? '', 'look'),
    )
    scope.post<{ Querystring: Static<typeof Query> }>(
      '/read',
      {
        schema: {
          summary: 'Its reader says, by the button of the page, that they have read it. A repeat changes nothing.',
          tags: ['pages'],
          querystring: Query,
          consumes: [formType],
        },
      },
      async (request, reply) => show(request, reply, request.query.token ?? '', 'confirm'),
    )
  })
}

const send = (reply: FastifyReply, page: string): FastifyReply =>
  reply
    .type('text/html; charset=utf-8')
    .header('x-robots-tag', 'noindex')
    .header('cache-control', 'no-store')
    .send(page)

const languageOf = ({ headers }: FastifyRequest): Language =>
  /^en\b/i.test(headers['accept-language'] ?? '') ? 'en' : 'fr'
