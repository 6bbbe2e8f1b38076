import { createSecretKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import t from 'tap'
import { readKeys } from '../../src/auth/jwk.ts'
import { signingKey } from './identity-provider.ts'

const rsa = signingKey('RS256', 'rsa')
const ec = signingKey('ES256', 'ec')
const ed = signingKey('EdDSA', 'ed')
const read = (...keys: unknown[]) => readKeys(JSON.stringify({ keys }))
const jwkOf = ({ publicKey }: { publicKey: KeyObject }) => publicKey.export({ format: 'jwk' })

t.test('the algorithm follows from the key', async (t) => {
  const { keys, ignored } = read(rsa.jwk, { ...ec.jwk, alg: 'ES256', use: 'sig' }, { ...ed.jwk, key_ops: ['verify'] })
  t.same(
    keys.map(({ id, algorithm, key }) => [id, algorithm, key.type]),
    [
      ['rsa', 'RS256', 'public'],
      ['ec', 'ES256', 'public'],
      ['ed', 'EdDSA', 'public'],
    ],
  )
  t.same(ignored, [])
})

const unusable: Record<string, unknown> = {
  'for encryption': { ...rsa.jwk, use: 'enc' },
  'with operations other than verify': { ...rsa.jwk, key_ops: ['encrypt'] },
  'with operations that are no list': { ...rsa.jwk, key_ops: 'verify' },
  'RSA for PS256': { ...rsa.jwk, alg: 'PS256' },
  'RSA for HS256': { ...rsa.jwk, alg: 'HS256' },
  'RSA for ES256': { ...rsa.jwk, alg: 'ES256' },
  'for no signature': { ...rsa.jwk, alg: 'none' },
  'RSA of 1,024 bits': { ...jwkOf(generateKeyPairSync('rsa', { modulusLength: 1_024 })), kid: 'weak' },
  'RSA with an exponent of 1': { ...rsa.jwk, e: 'AQ' },
  'RSA without a modulus': { kty: 'RSA', e: 'AQAB', kid: 'x' },
  'a private key': { ...rsa.privateKey.export({ format: 'jwk' }), kid: 'x' },
  'a shared secret': { ...createSecretKey(randomBytes(32)).export({ format: 'jwk' }), kid: 'x' },
  'a shared secret that says RS256': { kty: 'oct', k: 'c2VjcmV0', alg: 'RS256', kid: 'x' },
  'on the curve P-384': { ...jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-384' })), kid: 'x' },
  'on the curve secp256k1': { ...jwkOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' })), kid: 'x' },
  'a point off the curve': { ...ec.jwk, y: ec.jwk.x },
  Ed448: { ...jwkOf(generateKeyPairSync('ed448')), kid: 'x' },
  X25519: { ...jwkOf(generateKeyPairSync('x25519')), kid: 'x' },
  'of an unknown type': { kty: 'LATTICE', kid: 'x' },
  'with a number as kid': { ...rsa.jwk, kid: 7 },
  'with an empty kid': { ...rsa.jwk, kid: '' },
  'with a kid of 10,000 characters': { ...rsa.jwk, kid: 'k'.repeat(10_000) },
  null: null,
  'a list': [],
  'a text': 'key',
}
for (const [what, jwk] of Object.entries(unusable)) {
  t.test(`a key that cannot be used is left out and named: ${what}`, async (t) => {
    const { keys, ignored } = read(jwk, ed.jwk)
    t.same(
      keys.map(({ id }) => id),
      ['ed'],
    )
    t.equal(ignored.length, 1)
    t.match(ignored[0], /^key 1: /)
  })
}

t.test('of two keys with the same kid and algorithm the first is used', async (t) => {
  const { keys, ignored } = read(ed.jwk, { ...signingKey('EdDSA', 'ed').jwk })
  t.ok(keys[0]?.key.equals(ed.publicKey))
  t.equal(keys.length, 1)
  t.equal(ignored.length, 1)
})

t.test('what is no JWKS document is refused as a whole', async (t) => {
  const many = Array.from({ length: 101 }, () => ed.jwk)
  for (const text of [
    '',
    '<html>',
    'null',
    '[]',
    '{}',
    '{"keys":{}}',
    '{"keys":null}',
    JSON.stringify({ keys: many }),
  ]) {
    t.throws(() => readKeys(text), text.slice(0, 20))
  }
})

t.test('an issuer may withdraw every key', async (t) => {
  t.same(read(), { keys: [], ignored: [] })
})
