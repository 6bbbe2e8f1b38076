/** Which tokens are accepted, and that every hostile one is refused without a word about why. */
import { randomBytes } from 'node:crypto'
import { SignJWT } from 'jose'
import { pino } from 'pino'
import t from 'tap'
import type { Identity } from '../../src/auth/identity.ts'
import { KeySet, type KeySetOptions } from '../../src/auth/key-set.ts'
import { createTokens, type TokenOptions, type Tokens } from '../../src/auth/tokens.ts'
import { until } from '../support/until.ts'
import { hostileTokens, weakKey } from './hostile-tokens.ts'
import {
  audience,
  goodClaims,
  type IdentityProvider,
  identityProvider,
  issuer,
  signingKey,
  tokenOf,
} from './identity-provider.ts'

const log = pino({ level: 'silent' })
const secret = 'a development secret of enough length'
const anne: Identity = { person: 'advisor-anne', role: 'advisor', name: 'Anne', region: 'bretagne' }
const settings: TokenOptions = {
  issuer,
  audience,
  claims: { person: 'sub', role: 'role', name: 'name', region: 'region' },
  clockSkewMs: 30_000,
  maxLifetimeMs: 24 * 3_600_000,
  log,
}
const keySet = ({ url }: IdentityProvider, options: Partial<KeySetOptions> = {}) =>
  new KeySet({ url, log, refreshMs: 60_000, maxStaleMs: 600_000, cooldownMs: 5, ...options })

const rsa = signingKey('RS256', 'rsa')
const ec = signingKey('ES256', 'ec')
const ed = signingKey('EdDSA', 'ed')
const encryption = signingKey('RS256', 'encryption')
const wrongAlg = signingKey('RS256', 'wrong-alg')
const weak = weakKey('weak')
const oct = { id: 'oct', secret: randomBytes(32) }
const attacker = signingKey('RS256', 'attacker')

const attackers = await identityProvider(t, attacker)
const provider = await identityProvider(t)
provider.publish(
  { ...encryption.jwk, use: 'enc' },
  { ...wrongAlg.jwk, alg: 'PS256' },
  weak.jwk,
  { kty: 'oct', k: oct.secret.toString('base64url'), kid: oct.id, alg: 'HS256' },
  rsa.jwk,
  ec.jwk,
  ed.jwk,
)
/** With development sign-in on and an identity provider at hand: whatever is refused here is refused in production. */
const tokens = createTokens({ ...settings, keys: keySet(provider), secret })
const production = createTokens({ ...settings, keys: keySet(provider) })

for (const key of [rsa, ec, ed]) {
  t.test(`a token of the identity provider is accepted: ${key.algorithm}`, async (t) => {
    const claims = goodClaims()
    for (const verifier of [tokens, production]) {
      t.same(await verifier.verify(await tokenOf(key, claims)), {
        identity: anne,
        expiresAt: Number(claims.exp) * 1_000,
      })
    }
  })
}

t.test(
  'accepted as well: an access token, a list of audiences with ours, and header fields that are not followed',
  async (t) => {
    for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt', 'jwt', 'JWT']) {
      t.ok(await tokens.verify(await tokenOf(rsa, {}, { typ })), typ)
    }
    t.ok(await tokens.verify(await tokenOf(rsa, { aud: ['other', audience] })))
    t.ok(await tokens.verify(await tokenOf(ec, { nbf: Math.floor(Date.now() / 1_000) + 20 })), 'within the tolerance')
    t.ok(await tokens.verify(await tokenOf(ec, { nbf: 0 })), 'valid from the beginning')
    const fields = { jku: attackers.url, x5u: attackers.url, x5t: 'x', cty: 'x' }
    t.ok(await tokens.verify(await tokenOf(ed, {}, fields)))
    t.equal(attackers.requests, 0)
  },
)

t.test(
  'a token of development sign-in gives back the same identity, whatever the provider calls its claims',
  async (t) => {
    const renamed = { person: 'x.id', role: 'realm_access.roles', name: 'x.name', region: 'x.region' }
    const development = createTokens({ ...settings, claims: renamed, secret })
    const { token, expiresAt } = await development.sign(anne)
    t.same(await development.verify(token), { identity: anne, expiresAt })
  },
)

t.test('in production nothing signed with a shared secret is accepted, and nothing can be signed', async (t) => {
  const { token } = await tokens.sign(anne)
  t.ok(await tokens.verify(token))
  await t.rejects(production.verify(token), { code: 'UNAUTHENTICATED' })
  await t.rejects(production.sign(anne))
})

t.test('without an identity provider its tokens are refused, and no one is asked', async (t) => {
  await t.rejects(createTokens({ ...settings, secret }).verify(await tokenOf(rsa)), { code: 'UNAUTHENTICATED' })
})

t.test('development tokens live no longer than the settings allow', async (t) => {
  const brief = createTokens({ ...settings, secret, maxLifetimeMs: 60_000 })
  const { token, expiresAt } = await brief.sign(anne)
  t.ok(expiresAt <= Date.now() + 60_000)
  t.ok(await brief.verify(token))
})

t.test('claims of a provider with other names make the same identity', async (t) => {
  const names = {
    person: 'employee.id',
    role: 'realm_access.roles',
    name: 'https://example.org/name',
    region: 'region',
  }
  const renamed = createTokens({ ...settings, keys: keySet(provider), claims: names })
  const token = await tokenOf(rsa, {
    sub: 'f:1234|anne',
    employee: { id: anne.person },
    realm_access: { roles: ['offline_access', 'advisor'] },
    'https://example.org/name': 'Anne',
  })
  t.same((await renamed.verify(token)).identity, anne)
})

t.test('keys rotate in the midst of the work: the new one at once, the old one until the period ends', async (t) => {
  const [old, fresh] = [signingKey('RS256', 'march'), signingKey('ES256', 'april')]
  const rotating = await identityProvider(t, old)
  const node = createTokens({ ...settings, keys: keySet(rotating, { refreshMs: 500 }) })
  t.ok(await node.verify(await tokenOf(old)))
  rotating.publish(old, fresh)
  t.ok(await node.verify(await tokenOf(fresh)), 'without a restart')
  t.ok(await node.verify(await tokenOf(old)), 'both, while both are published')
  rotating.publish(fresh)
  const token = await tokenOf(old)
  await until(async () => (await outcome(node, token)) === 'UNAUTHENTICATED', {
    what: 'the withdrawn key to be refused',
  })
  t.ok(await node.verify(await tokenOf(fresh)))
})

t.test(
  'while the identity provider is away: known keys work, unknown ones are UNAVAILABLE with a time to come back',
  async (t) => {
    const known = signingKey('EdDSA', 'known')
    const away = await identityProvider(t, known)
    const node = createTokens({ ...settings, keys: keySet(away, { cooldownMs: 50 }) })
    t.ok(await node.verify(await tokenOf(known)))
    await away.stop()
    t.ok(await node.verify(await tokenOf(known)))
    await t.rejects(node.verify(await tokenOf(rsa)), { code: 'UNAVAILABLE', retryable: true, retryAfterMs: Number })
  },
)

t.test('the wrong is told to the log and to nobody else', async (t) => {
  const error = await tokens.verify(await tokenOf(rsa, { aud: 'somebody' })).catch((error: unknown) => error)
  t.match(error, { code: 'UNAUTHENTICATED', message: 'the token was refused', details: {} })
  t.match((error as Error).cause, /aud/)
})

const hostile = await hostileTokens({
  rsa,
  ec,
  ed,
  encryption,
  wrongAlg,
  weak,
  oct,
  secret,
  attackerUrl: attackers.url,
  attacker,
})

t.test('the table has at least the sixty that are asked for', async (t) => {
  t.ok(hostile.size >= 60, `${hostile.size} tokens`)
})
for (const [what, token] of hostile) {
  t.test(`refused: ${what}`, async (t) => {
    for (const verifier of [tokens, production]) {
      const error = await verifier.verify(token).catch((error: unknown) => error)
      t.match(error, { code: 'UNAUTHENTICATED', message: 'the token was refused', details: {} })
    }
  })
}
t.test('no hostile token has made the node ask another address', async (t) => {
  t.equal(attackers.requests, 0)
})

t.test('the table is not refused for a reason of its own: what it is made from is accepted', async (t) => {
  t.ok(await tokens.verify(await tokenOf(rsa)))
  const development = new SignJWT(goodClaims()).setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
  t.ok(await tokens.verify(await development.sign(Buffer.from(secret))))
})

const outcome = (node: Tokens, token: string): Promise<string> =>
  node.verify(token).then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  )
