/** Tokens: signed by the identity provider or by development sign-in, verified here by the rules of RFC 8725. */
import { createSecretKey, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose/jwt/sign'
import type { Logger } from 'pino'
import { VisavisError } from '../protocol/index.ts'
import { type ClaimNames, type ClaimRules, type Meant, readClaims, requireMeant, type Verified } from './claims.ts'
import type { Identity } from './identity.ts'
import type { Algorithm } from './jwk.ts'
import { isSignedBy, type JsonObject, readJws } from './jws.ts'
import type { KeySet } from './key-set.ts'

export interface TokenOptions extends ClaimRules, Meant {
  /** The identity provider's keys; they verify RS256, ES256 and EdDSA. */
  readonly keys?: KeySet | undefined
  /** The secret of development sign-in; it verifies HS256 and must be absent in production. */
  readonly secret?: string | undefined
  readonly log: Logger
}

export interface Tokens {
  /**
   * @throws VisavisError UNAUTHENTICATED without saying which check failed (the cause does, for the log), and
   *   UNAVAILABLE when the identity provider's keys cannot be had at the moment.
   */
  verify(token: string): Promise<Verified>
  /** For development sign-in only. */
  sign(identity: Identity): Promise<{ token: string; expiresAt: number }>
}

/** A key, the only algorithm it may be used with, and how its signer names the claims. */
interface Verifier {
  readonly algorithm: Algorithm | 'HS256'
  readonly key: KeyObject
  readonly claims: ClaimNames
}

const maxTokenLength = 8_192
const maxKeyIdLength = 256
const types: readonly string[] = ['jwt', 'at+jwt']
const algorithms: readonly string[] = ['RS256', 'ES256', 'EdDSA'] satisfies Algorithm[]
const isAlgorithm = (value: unknown): value is Algorithm => algorithms.includes(value as string)
const developmentClaims: ClaimNames = { person: 'sub', role: 'role', name: 'name', region: 'region' }
const developmentLifetimeMs = 12 * 60 * 60 * 1_000

export function createTokens(options: TokenOptions): Tokens {
  const { issuer, audience, keys, log } = options
  const secret = options.secret === undefined ? undefined : createSecretKey(options.secret, 'utf8')

  /** The token's header chooses among verifiers; what a verifier accepts is not the token's choice. */
  async function verifierFor({ alg, typ, kid, crit }: JsonObject): Promise<Verifier | undefined> {
    if (typeof typ !== 'string' || !types.includes(typ.toLowerCase().replace(/^application\//, ''))) {
      throw new Error('typ is neither JWT nor at+jwt')
    }
    if (crit !== undefined) throw new Error('crit names extensions, of which none is known here')
    if (kid !== undefined && (typeof kid !== 'string' || kid === '' || kid.length > maxKeyIdLength)) {
      throw new Error(`kid is not a text of 1 to ${maxKeyIdLength} characters`)
    }
    if (alg === 'HS256') return secret && { algorithm: alg, key: secret, claims: developmentClaims }
    if (!isAlgorithm(alg)) throw new Error('alg is not one of those accepted')
    const found = await keys?.find(alg, kid)
    return found && { ...found, claims: options.claims }
  }

  async function check(token: string): Promise<Verified> {
    if (token.length > maxTokenLength) throw new Error(`longer than ${maxTokenLength} characters`)
    const jws = readJws(token)
    const verifier = await verifierFor(jws.header)
    if (verifier === undefined) throw new Error('no key for this kid and alg')
    if (!(await isSignedBy(jws, verifier.key, verifier.algorithm))) throw new Error('the signature is not of that key')
    const now = Date.now()
    requireMeant(jws.payload, options, now)
    return readClaims(jws.payload, { ...options, claims: verifier.claims }, now)
  }

  return {
    async verify(token) {
      try {
        return await check(token)
      } catch (error) {
        if (error instanceof VisavisError) throw error
        log.debug({ reason: error instanceof Error ? error.message : String(error) }, 'a token was refused')
        throw new VisavisError('UNAUTHENTICATED', 'the token was refused', { cause: error })
      }
    },
    async sign({ person, role, name, region }) {
      if (secret === undefined) throw new Error('tokens are signed only with development sign-in')
      const issuedAt = Math.floor(Date.now() / 1_000)
      const lifetimeMs = Math.min(developmentLifetimeMs, options.maxLifetimeMs)
      const expiresAt = (issuedAt + Math.floor(lifetimeMs / 1_000)) * 1_000
      const token = await new SignJWT({ sub: person, role, name, region, iss: issuer, aud: audience })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt / 1_000)
        .sign(secret)
      return { token, expiresAt }
    },
  }
}
