/** A real identity provider, as far as we see one: it signs tokens and publishes its keys over HTTP, and can misbehave. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type JWTPayload, SignJWT } from 'jose'
import type { Algorithm } from '../../src/auth/jwk.ts'

export interface SigningKey {
  readonly id: string
  readonly algorithm: Algorithm
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** The public half as it is published. */
  readonly jwk: Readonly<Record<string, unknown>>
}

export interface IdentityProvider extends AsyncDisposable {
  /** Where the keys are. */
  readonly url: string
  /** How often anything was asked for. */
  readonly requests: number
  /** From now on exactly these entries are published. */
  publish(...keys: readonly (SigningKey | Readonly<Record<string, unknown>>)[]): void
  /** From now on requests are answered by this. */
  answer(listener: RequestListener): void
  /** Goes away, as a server that is down does. */
  stop(): Promise<void>
  /** Comes back at the same address. */
  start(): Promise<void>
}

export const issuer = 'https://identity.example.org'
export const audience = 'visavis'

export function signingKey(algorithm: Algorithm, id: string): SigningKey {
  const { privateKey, publicKey } = keyPair(algorithm)
  return { id, algorithm, privateKey, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid: id } }
}

function keyPair(algorithm: Algorithm): { privateKey: KeyObject; publicKey: KeyObject } {
  if (algorithm === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2_048 })
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return generateKeyPairSync('ed25519')
}

const nowSeconds = () => Math.floor(Date.now() / 1_000)

/** The claims of a token that is accepted. */
export const goodClaims = (): JWTPayload => ({
  sub: 'advisor-anne',
  role: 'advisor',
  name: 'Anne',
  region: 'bretagne',
  iss: issuer,
  aud: audience,
  iat: nowSeconds(),
  exp: nowSeconds() + 600,
})

/** A token that is accepted, unless `claims` or `header` say otherwise. */
export const tokenOf = (key: SigningKey, claims: JWTPayload = {}, header: Record<string, unknown> = {}) =>
  new SignJWT({ ...goodClaims(), ...claims })
    .setProtectedHeader({ alg: key.algorithm, typ: 'JWT', kid: key.id, ...header })
    .sign(key.privateKey)

export async function identityProvider(
  t: { teardown(end: () => Promise<void>): void },
  ...keys: readonly SigningKey[]
): Promise<IdentityProvider> {
  let requests = 0
  let listener: RequestListener = () => {}
  const server = createServer((request, response) => {
    requests += 1
    listener(request, response)
  })
  let port = 0
  const start = async () => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
  const stop = async () => {
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  const provider: IdentityProvider = {
    get url() {
      return `http://127.0.0.1:${port}/keys`
    },
    get requests() {
      return requests
    },
    publish(...entries) {
      const body = JSON.stringify({ keys: entries.map((entry) => ('jwk' in entry ? entry.jwk : entry)) })
      listener = (_, response) => response.setHeader('content-type', 'application/json').end(body)
    },
    answer(replacement) {
      listener = replacement
    },
    stop,
    start,
    [Symbol.asyncDispose]: stop,
  }
  await start()
  provider.publish(...keys)
  t.teardown(stop)
  return provider
}
