import { createHmac } from 'node:crypto'
import { fastify } from 'fastify'
import t from 'tap'
import type { Identity } from '../../src/auth/identity.ts'
import { registerTokens } from '../../src/auth/tokens.ts'

const secret = 'a development secret of enough length'
const anne: Identity = { person: 'advisor-anne', role: 'advisor', name: 'Anne', region: 'bretagne' }
const now = () => Math.floor(Date.now() / 1_000)

const server = fastify()
const tokens = await registerTokens(server, { secret, issuer: 'visavis', audience: 'visavis' })
await server.ready()
t.teardown(() => server.close())

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const sign = (header: unknown, claims: unknown, key = secret, algorithm = 'sha256') => {
  const body = `${encode(header)}.${encode(claims)}`
  return `${body}.${createHmac(algorithm, key).update(body).digest('base64url')}`
}
const header = { alg: 'HS256', typ: 'JWT' }
const claims = {
  sub: anne.person,
  role: anne.role,
  name: anne.name,
  region: anne.region,
  iss: 'visavis',
  aud: 'visavis',
  iat: now(),
  exp: now() + 600,
}
const without = (name: string) => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name))

t.test('a token made here gives back the same identity', async (t) => {
  const { token, expiresAt } = tokens.sign(anne)
  const verified = tokens.verify(token)
  t.same(verified.identity, anne)
  t.equal(verified.expiresAt, expiresAt)
})

t.test('a well-formed token of the issuer is accepted', async (t) => {
  t.same(tokens.verify(sign(header, claims)).identity, anne)
})

const hostile: Record<string, string> = {
  empty: '',
  'not a token': 'abc',
  'two parts': sign(header, claims).split('.').slice(0, 2).join('.'),
  'alg none': `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`,
  'alg None, signed': sign({ alg: 'None', typ: 'JWT' }, claims),
  'another HMAC': sign({ alg: 'HS512', typ: 'JWT' }, claims, secret, 'sha512'),
  'alg RS256 with an HMAC': sign({ alg: 'RS256', typ: 'JWT' }, claims),
  'another secret': sign(header, claims, `${secret}!`),
  'no expiry': sign(header, without('exp')),
  'no issuer': sign(header, without('iss')),
  'no audience': sign(header, without('aud')),
  'no subject': sign(header, without('sub')),
  'no role': sign(header, without('role')),
  'no region': sign(header, without('region')),
  expired: sign(header, { ...claims, exp: now() - 60 }),
  'not yet valid': sign(header, { ...claims, nbf: now() + 600 }),
  'another issuer': sign(header, { ...claims, iss: 'somebody' }),
  'another audience': sign(header, { ...claims, aud: 'somebody' }),
  'an unknown role': sign(header, { ...claims, role: 'root' }),
  'a person with braces': sign(header, { ...claims, sub: 'a}{b' }),
  'expiry as text': sign(header, { ...claims, exp: String(now() + 600) }),
  'a changed payload': sign(header, claims).replace(/\.[^.]+\./, `.${encode({ ...claims, role: 'operator' })}.`),
}
for (const [what, token] of Object.entries(hostile)) {
  t.test(`refused: ${what}`, async (t) => {
    t.throws(() => tokens.verify(token), { code: 'UNAUTHENTICATED' })
  })
}
