/** The page behind the link in every mail that is not official. It needs no sign-in; to look at it changes nothing. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Contact, Unsubscribe } from '../notices/unsubscribe.ts'
import type { Language } from '../protocol/index.ts'
import { object, optional, type Static } from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'
import { stylesheet, type UnsubscribePage, unsubscribePage } from './unsubscribe-page.ts'

const Query = object({ token: optional(Type.String({ maxLength: 512 })) })
/** What a mail program sends (RFC 8058), or the page's own form. */
const forms = ['application/x-www-form-urlencoded', 'multipart/form-data']
const formBytes = 4_096

export async function registerUnsubscribe(server: FastifyInstance, unsubscribe: Unsubscribe): Promise<void> {
  await server.register(async (scope) => {
    // In a scope of its own: no other route takes forms.
    for (const type of forms) {
      scope.addContentTypeParser(type, { parseAs: 'string', bodyLimit: formBytes }, (_request, body, done) =>
        done(null, body),
      )
    }
    scope.get<{ Querystring: Static<typeof Query> }>(
      '/unsubscribe',
      {
        schema: {
          summary: 'The page to get no more mail, or to get it again. To look at it changes nothing.',
          tags: ['pages'],
          querystring: Query,
        },
      },
      async (request, reply) => {
        const { token = '' } = request.query
        return answer(request, reply, token, await unsubscribe.contact(token))
      },
    )
    scope.post<{ Querystring: Static<typeof Query>; Body: unknown }>(
      '/unsubscribe',
      {
        schema: {
          summary:
            'No more mail that is not official: by the page, or by the one click of a mail program. With `wanted=yes` in its form it comes again.',
          tags: ['pages'],
          querystring: Query,
          consumes: forms,
        },
      },
      async (request, reply) => {
        const { token = '' } = request.query
        const wanted = new URLSearchParams(String(request.body ?? '')).get('wanted') === 'yes'
        return answer(request, reply, token, await unsubscribe.subscribe(token, wanted))
      },
    )
    scope.get('/unsubscribe.css', { schema: { hide: true } as object }, (_request, reply) =>
      reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=3600').send(stylesheet),
    )
  })
}

function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
  found: Contact | 'unknown' | undefined,
): FastifyReply {
  const page: UnsubscribePage =
    found === undefined || found === 'unknown'
      ? { is: found === undefined ? 'invalid' : 'unknown', language: languageOf(request) }
      : { is: found.digest === 'off' ? 'off' : 'on', language: found.language, token }
  return reply
    .status(found === undefined ? 404 : 200)
    .type('text/html; charset=utf-8')
    .header('x-robots-tag', 'noindex')
    .send(unsubscribePage(page))
}

const languageOf = ({ headers }: FastifyRequest): Language =>
  /^en\b/i.test(headers['accept-language'] ?? '') ? 'en' : 'fr'
