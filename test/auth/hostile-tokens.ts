/** Tokens that must be refused, each by its own wrong. All but their one wrong is right: claims, times, header. */
import { constants, createHmac, createSign, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { CompactEncrypt } from 'jose'
import { goodClaims, type SigningKey, signingKey, tokenOf } from './identity-provider.ts'

export interface Known {
  /** Published keys. */
  readonly rsa: SigningKey
  readonly ec: SigningKey
  readonly ed: SigningKey
  /** Entries that are published too and must be ignored. */
  readonly encryption: SigningKey
  readonly wrongAlg: SigningKey
  readonly weak: SigningKey
  readonly oct: { readonly id: string; readonly secret: Buffer }
  /** The secret of development sign-in. */
  readonly secret: string
  /** A server of the attacker's, which publishes the attacker's key. */
  readonly attackerUrl: string
  readonly attacker: SigningKey
}

const base64url = (data: string | Buffer): string => Buffer.from(data).toString('base64url')
const json = (value: unknown): string => base64url(typeof value === 'string' ? value : JSON.stringify(value))

const now = () => Math.floor(Date.now() / 1_000)

/** Signs whatever it is given, as a JWS of `key`. */
function jws(key: SigningKey, header: unknown, claims: unknown): string {
  const input = `${json(header)}.${json(claims)}`
  return `${input}.${signature(key, input).toString('base64url')}`
}

function signature({ algorithm, privateKey }: SigningKey, input: string): Buffer {
  if (algorithm === 'EdDSA') return sign(null, Buffer.from(input), privateKey)
  return sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
}

function hmac(header: unknown, claims: unknown, secret: string | Buffer, hash = 'sha256'): string {
  const input = `${json(header)}.${json(claims)}`
  return `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`
}

const pem = (key: KeyObject) => String(key.export({ type: 'spki', format: 'pem' }))

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const at = (text: string, index: number) => text.charAt((index + text.length) % text.length)

export async function hostileTokens(known: Known): Promise<ReadonlyMap<string, string>> {
  const { rsa, ec, ed, encryption, wrongAlg, weak, oct, secret, attackerUrl, attacker } = known
  const header = (key: SigningKey = rsa) => ({ alg: key.algorithm, typ: 'JWT', kid: key.id })
  const claims = goodClaims()
  const good = await tokenOf(rsa)
  const [goodHeader = '', goodPayload = '', goodSignature = ''] = good.split('.')
  const without = (name: string) => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name))
  const withClaims = (changed: Record<string, unknown>) => jws(rsa, header(), { ...claims, ...changed })
  const withHeader = (changed: Record<string, unknown>) => jws(rsa, { ...header(), ...changed }, claims)
  const byAttacker = (changed: Record<string, unknown>) => jws(attacker, { ...header(), ...changed }, claims)
  /** The claims as text, with one more entry that JSON.stringify would not write. */
  const claimsText = (more: string) => `${JSON.stringify(claims).slice(0, -1)},${more}}`
  const withText = (text: string) => jws(rsa, header(), text)

  const table: [what: string, token: string][] = [
    ['empty', ''],
    ['not a token', 'abc'],
    ['dots only', '..'],
    ['one part', goodHeader],
    ['two parts', `${goodHeader}.${goodPayload}`],
    ['no signature', `${goodHeader}.${goodPayload}.`],
    ['no header', `.${goodPayload}.${goodSignature}`],
    ['no claims', `${goodHeader}..${goodSignature}`],
    ['four parts', `${good}.${goodSignature}`],
    ['five parts', `${good}.a.b`],
    [
      'an encrypted token for our own key',
      await new CompactEncrypt(Buffer.from(good))
        .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', typ: 'JWT', cty: 'JWT', kid: rsa.id })
        .encrypt(rsa.publicKey),
    ],
    ['a JWS in JSON', JSON.stringify({ protected: goodHeader, payload: goodPayload, signature: goodSignature })],

    ...['none', 'None', 'NONE', 'nOnE', ' none', 'none\0', ''].flatMap((alg): [string, string][] => [
      [`alg ${JSON.stringify(alg)}, unsigned`, `${json({ ...header(), alg })}.${goodPayload}.`],
      [`alg ${JSON.stringify(alg)}, with a signature`, `${json({ ...header(), alg })}.${goodPayload}.${goodSignature}`],
    ]),
    ['no alg', withHeader({ alg: undefined })],
    ['alg null', withHeader({ alg: null })],
    ['alg a list', withHeader({ alg: ['RS256'] })],
    ['alg in lower case', withHeader({ alg: 'rs256' })],
    ['alg of a prototype', withHeader({ alg: '__proto__' })],
    ['alg RS512, rightly signed', jwsRsa(rsa, { ...header(), alg: 'RS512' }, claims, 'sha512')],
    ['alg PS256, rightly signed', jwsPss(rsa, { ...header(), alg: 'PS256' }, claims)],
    ['alg ES384 with a key of P-256', jws(ec, { ...header(ec), alg: 'ES384' }, claims)],
    ['alg Ed25519, the other name of EdDSA', jws(ed, { ...header(ed), alg: 'Ed25519' }, claims)],

    ...(
      [
        ['PEM', pem(rsa.publicKey)],
        ['PEM without its last line break', pem(rsa.publicKey).trim()],
        ['PEM after a space', ` ${pem(rsa.publicKey)}`],
        ['PEM after a line break', `\n${pem(rsa.publicKey)}`],
        ['PEM with Windows line ends', pem(rsa.publicKey).replaceAll('\n', '\r\n')],
        ['PEM in one line', pem(rsa.publicKey).replaceAll('\n', '')],
        ['PKCS #1 PEM', String(rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }))],
        ['DER', rsa.publicKey.export({ type: 'spki', format: 'der' })],
        ['JWK', JSON.stringify(rsa.jwk)],
        ['JWK with spaces', JSON.stringify(rsa.jwk, null, 2)],
        ['modulus', String(rsa.jwk.n)],
        ['nothing', ''],
      ] as const
    ).map(([what, key]): [string, string] => [
      `HS256 with the public key as secret: ${what}`,
      hmac({ ...header(), alg: 'HS256' }, claims, key),
    ]),
    [
      'HS256 with a shared secret that the issuer publishes',
      hmac({ alg: 'HS256', typ: 'JWT', kid: oct.id }, claims, oct.secret),
    ],
    ['HS384 with the secret of development sign-in', hmac({ alg: 'HS384', typ: 'JWT' }, claims, secret, 'sha384')],
    ['HS512 with the secret of development sign-in', hmac({ alg: 'HS512', typ: 'JWT' }, claims, secret, 'sha512')],
    ['RS256 made with the secret of development sign-in', hmac(header(), claims, secret)],
    ['HS256 with almost the secret', hmac({ alg: 'HS256', typ: 'JWT' }, claims, `${secret} `)],
    ['HS256 with a part of the secret', hmac({ alg: 'HS256', typ: 'JWT' }, claims, secret.slice(0, -1))],

    ['the kid of a key of another algorithm', jws(ec, { ...header(ec), kid: rsa.id }, claims)],
    ['the kid and alg of another key', jws(ec, header(rsa), claims)],
    ['the kid of another key, claiming its own alg', jws(rsa, { ...header(rsa), kid: ed.id }, claims)],
    ['no kid while there are several keys', jws(rsa, { alg: 'RS256', typ: 'JWT' }, claims)],
    ['an unknown kid', withHeader({ kid: 'nobody' })],
    ['an empty kid', withHeader({ kid: '' })],
    ['a kid with a space', withHeader({ kid: `${rsa.id} ` })],
    ['a kid in other case', withHeader({ kid: rsa.id.toUpperCase() })],
    ['a kid that is a path', byAttacker({ kid: '../../../../dev/null' })],
    ['a kid that is a URL', byAttacker({ kid: attackerUrl })],
    ['a kid that is SQL', byAttacker({ kid: "x' UNION SELECT 'key' --" })],
    ['a kid that is a command', byAttacker({ kid: 'key; cat /etc/passwd' })],
    ['a kid of a prototype', byAttacker({ kid: '__proto__' })],
    ['a kid of 5,000 characters', withHeader({ kid: 'k'.repeat(5_000) })],
    ['a kid that is a number', withHeader({ kid: 1 })],
    ['a kid that is a list', withHeader({ kid: [rsa.id] })],
    ['a kid that is null', withHeader({ kid: null })],

    ['an embedded key (jwk)', byAttacker({ jwk: attacker.jwk })],
    ['an embedded key (jwk) and no kid', byAttacker({ jwk: attacker.jwk, kid: undefined })],
    ['an embedded key (jwk) with its own kid', byAttacker({ jwk: attacker.jwk, kid: attacker.id })],
    ['a key to be fetched (jku)', byAttacker({ jku: attackerUrl, kid: attacker.id })],
    ['a certificate to be fetched (x5u)', byAttacker({ x5u: attackerUrl, kid: attacker.id })],
    ['an embedded certificate (x5c)', byAttacker({ x5c: [base64url(pem(attacker.publicKey))] })],
    ['another person’s key under our kid', byAttacker({})],

    ['a key for encryption', jws(encryption, header(encryption), claims)],
    ['a key published for another algorithm', jws(wrongAlg, header(wrongAlg), claims)],
    ['an RSA key of 1,024 bits', jws(weak, header(weak), claims)],

    ['typ missing', withHeader({ typ: undefined })],
    ['typ of a logout token', withHeader({ typ: 'logout+jwt' })],
    ['typ of a proof', withHeader({ typ: 'dpop+jwt' })],
    ['typ JOSE', withHeader({ typ: 'JOSE' })],
    ['typ a list', withHeader({ typ: ['JWT'] })],
    ['typ with a prefix', withHeader({ typ: 'x-JWT' })],
    ['crit with an unknown extension', withHeader({ crit: ['exp'], exp: now() + 600 })],
    ['crit empty', withHeader({ crit: [] })],
    ['crit null', withHeader({ crit: null })],
    ['crit with b64', withHeader({ crit: ['b64'], b64: true })],
    ['an unencoded payload', withHeader({ crit: ['b64'], b64: false })],

    ...['sub', 'iss', 'aud', 'exp', 'role', 'name', 'region'].map((name): [string, string] => [
      `no ${name}`,
      jws(rsa, header(), without(name)),
    ]),
    ['expired', withClaims({ iat: now() - 700, exp: now() - 60 })],
    ['expired 50 years ago', withClaims({ iat: 1, exp: 200_000_000 })],
    ['not yet valid', withClaims({ nbf: now() + 600 })],
    ['nbf as text', withClaims({ nbf: String(now()) })],
    ['issued in the future', withClaims({ iat: now() + 600, exp: now() + 900 })],
    ['iat as text', withClaims({ iat: String(now()) })],
    ['expired before it was issued', withClaims({ iat: now() + 20, exp: now() + 10 })],
    ['exp as text', withClaims({ exp: String(now() + 600) })],
    ['exp negative', withClaims({ exp: -(now() + 600) })],
    ['exp zero', withClaims({ exp: 0 })],
    ['exp null', withClaims({ exp: null })],
    ['exp true', withClaims({ exp: true })],
    ['exp a list', withClaims({ exp: [now() + 600] })],
    ['exp an object', withClaims({ exp: { valueOf: now() + 600 } })],
    ['exp 1e400', withText(JSON.stringify(claims).replace(/"exp":\d+/, '"exp":1e400'))],
    ['exp -1e400', withText(JSON.stringify(claims).replace(/"exp":\d+/, '"exp":-1e400'))],
    ['exp in ms', withClaims({ exp: Date.now() + 600_000 })],
    ['exp beyond the longest lifetime', withClaims({ exp: now() + 25 * 3_600 })],

    ['another issuer', withClaims({ iss: 'https://somebody.example.org' })],
    ['an issuer that begins like ours', withClaims({ iss: `${claims.iss}.attacker.example` })],
    ['an issuer that ends like ours', withClaims({ iss: `https://attacker.example/?${claims.iss}` })],
    ['our issuer with a slash', withClaims({ iss: `${claims.iss}/` })],
    ['our issuer in other case', withClaims({ iss: String(claims.iss).toUpperCase() })],
    ['our issuer in a list', withClaims({ iss: [claims.iss] })],
    ['another audience', withClaims({ aud: 'somebody' })],
    ['a list of audiences without ours', withClaims({ aud: ['somebody', 'visavis2', 'visavi'] })],
    ['an empty list of audiences', withClaims({ aud: [] })],
    ['our audience in a list in a list', withClaims({ aud: [['visavis']] })],
    ['our audience as a key', withClaims({ aud: { visavis: true } })],
    ['an audience of a prototype', withClaims({ aud: '__proto__' })],

    ['an unknown role', withClaims({ role: 'root' })],
    ['a role in other case', withClaims({ role: 'Advisor' })],
    ['two roles', withClaims({ role: ['advisor', 'operator'] })],
    ['a role in a list in a list', withClaims({ role: [['advisor']] })],
    ['a role that is an object', withClaims({ role: { advisor: true } })],
    ['a person with braces', withClaims({ sub: 'a}{b' })],
    ['a person with a colon', withClaims({ sub: 'a:b' })],
    ['a person with a line break', withClaims({ sub: 'anne\n' })],
    ['a person that is a path', withClaims({ sub: '../anne' })],
    ['a person of 65 characters', withClaims({ sub: 'a'.repeat(65) })],
    ['a person that is empty', withClaims({ sub: '' })],
    ['a person that is a number', withClaims({ sub: 7 })],
    ['a person in a list', withClaims({ sub: ['advisor-anne'] })],
    ['a region with braces', withClaims({ region: '{bretagne}' })],
    ['a region in a list', withClaims({ region: ['bretagne'] })],
    ['a name that is empty', withClaims({ name: '' })],
    ['a name of 121 characters', withClaims({ name: 'n'.repeat(121) })],
    ['a name that is an object', withClaims({ name: { toString: 'Anne' } })],

    ['a claim twice, the second ours', withText(`{"role":"jobseeker",${JSON.stringify(claims).slice(1)}`)],
    ['a claim twice, the first ours', withText(claimsText('"role":"operator"'))],
    ['a claim twice, once escaped', withText(claimsText('"r\\u006fle":"operator"'))],
    ['a header field twice', jws(rsa, `{"kid":"x",${JSON.stringify(header()).slice(1)}`, claims)],
    ['claims under __proto__', withText(`{"__proto__":${JSON.stringify(claims)}}`)],
    ['claims that are a list', withText(JSON.stringify([claims]))],
    ['claims that are null', withText('null')],
    ['claims that are no JSON', withText('claims')],
    ['claims with something after them', withText(`${JSON.stringify(claims)}x`)],
    ['claims after a byte order mark', withText(`\uFEFF${JSON.stringify(claims)}`)],
    [
      'claims that are no UTF-8',
      jwsBytes(rsa, header(), Buffer.from(JSON.stringify(claims).replace('Anne', 'Ann\xe9'), 'latin1')),
    ],
    ['a header that is no JSON', jws(rsa, 'header', claims)],
    ['a header that is a list', jws(rsa, JSON.stringify([header()]), claims)],
    ['claims nested 4,000 deep', withText(claimsText(`"x":${'['.repeat(4_000)}${']'.repeat(4_000)}`))],
    ['100 kB of claims', withClaims({ x: 'x'.repeat(100_000) })],
    ['10 MB of letters', 'A'.repeat(10_000_000)],

    ['changed claims', `${goodHeader}.${json({ ...claims, role: 'operator' })}.${goodSignature}`],
    ['a changed header', `${json({ ...header(), x: 1 })}.${goodPayload}.${goodSignature}`],
    [
      'the signature of another token',
      `${goodHeader}.${goodPayload}.${(await tokenOf(rsa, { name: 'Bob' })).split('.')[2]}`,
    ],
    ['a signature cut short', good.slice(0, -6)],
    ['a signature one bit off', `${good.slice(0, -20)}${at(good, -20) === 'A' ? 'B' : 'A'}${good.slice(-19)}`],
    ['a signature with other unused bits', otherUnusedBits(good)],
    ['garbage after the signature', `${good}AAAA`],
    ['a signature twice', `${good}${goodSignature}`],
    ['ES256 with a signature of zeros', `${es(ec, claims)}.${base64url(Buffer.alloc(64))}`],
    ['ES256 with r = s = 1', `${es(ec, claims)}.${base64url(Buffer.from(`${'00'.repeat(31)}01`.repeat(2), 'hex'))}`],
    [
      'ES256 with r and s equal to the order',
      `${es(ec, claims)}.${base64url(Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'.repeat(2), 'hex'))}`,
    ],
    [
      'ES256 with a DER signature',
      `${es(ec, claims)}.${base64url(sign('sha256', Buffer.from(es(ec, claims)), ec.privateKey))}`,
    ],
    [
      'ES256 with an empty DER signature',
      `${es(ec, claims)}.${base64url(Buffer.from([0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00]))}`,
    ],
    ['EdDSA with a signature of zeros', `${json(header(ed))}.${json(claims)}.${base64url(Buffer.alloc(64))}`],
    ['RS256 with a signature of zeros', `${goodHeader}.${goodPayload}.${base64url(Buffer.alloc(256))}`],
    ['RS256 with a signature of ones', `${goodHeader}.${goodPayload}.${base64url(Buffer.alloc(256, 0xff))}`],

    ['base64 in the place of base64url', plusAndSlash(rsa, header(), claims)],
    [
      'padding after each part',
      [goodHeader, goodPayload, goodSignature]
        .map((part) => part.padEnd(Math.ceil(part.length / 4) * 4, '='))
        .join('.'),
    ],
    ['padding after the signature', `${good}==`],
    ['a space before', ` ${good}`],
    ['a space after', `${good} `],
    ['a line break after', `${good}\n`],
    ['a line break inside', `${goodHeader}.\n${goodPayload}.${goodSignature}`],
    ['a tab inside a part', `${goodHeader}.${goodPayload.slice(0, 8)}\t${goodPayload.slice(8)}.${goodSignature}`],
    ['a zero byte after', `${good}\0`],
    ['a full-width dot', good.replace('.', '．')],
    ['a letter that looks like one of ours', good.replace('e', 'е')],
    ['"Bearer" before', `Bearer ${good}`],
    ['in quotation marks', `"${good}"`],
  ]
  const tokens = new Map(table)
  if (tokens.size !== table.length) throw new Error('two hostile tokens have the same name')
  return tokens
}

const es = (key: SigningKey, claims: unknown) => `${json({ alg: 'ES256', typ: 'JWT', kid: key.id })}.${json(claims)}`

function jwsBytes(key: SigningKey, header: unknown, claims: Buffer): string {
  const input = `${json(header)}.${base64url(claims)}`
  return `${input}.${signature(key, input).toString('base64url')}`
}

function jwsRsa({ privateKey }: SigningKey, header: unknown, claims: unknown, hash: string): string {
  const input = `${json(header)}.${json(claims)}`
  return `${input}.${createSign(hash).update(input).sign(privateKey, 'base64url')}`
}

function jwsPss({ privateKey }: SigningKey, header: unknown, claims: unknown): string {
  const input = `${json(header)}.${json(claims)}`
  const options = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  return `${input}.${sign('sha256', Buffer.from(input), options).toString('base64url')}`
}

/** The last letter of 256 bytes carries four bits that mean nothing: the same signature, written another way. */
const otherUnusedBits = (token: string): string =>
  token.slice(0, -1) + alphabet.charAt(alphabet.indexOf(token.slice(-1)) + 1)

/** A token whose claims need `+` and `/` in the old alphabet, rightly signed over that text. */
function plusAndSlash(key: SigningKey, header: unknown, claims: Record<string, unknown>): string {
  const payload = Buffer.from(JSON.stringify({ ...claims, x: '>>>???~~~' }))
    .toString('base64')
    .replaceAll('=', '')
  if (!/[+/]/.test(payload)) throw new Error('the claims need neither + nor /')
  const input = `${json(header)}.${payload}`
  return `${input}.${signature(key, input).toString('base64url')}`
}

export function weakKey(id: string): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 })
  return {
    ...signingKey('EdDSA', id),
    algorithm: 'RS256',
    privateKey,
    publicKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid: id },
  }
}
