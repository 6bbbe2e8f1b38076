/** Which keys of a JWKS document are used, and each for which algorithm. Pure: the document is given, nothing is fetched. */
import { createPublicKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto'

export type Algorithm = 'RS256' | 'ES256' | 'EdDSA'

export interface VerificationKey {
  /** The `kid`; tokens name their key by it. */
  readonly id: string | undefined
  /** The only algorithm this key verifies. It follows from the key and never from a token. */
  readonly algorithm: Algorithm
  readonly key: KeyObject
}

export interface KeysRead {
  readonly keys: readonly VerificationKey[]
  /** One sentence per entry that is not used, for the log. Issuers publish keys for other purposes too. */
  readonly ignored: readonly string[]
}

const maxKeys = 100
const maxIdLength = 256
const rsaBits = { min: 2_048, max: 8_192 }

/** @throws Error when `text` is not a JWKS document at all. An entry that cannot be used is left out and named. */
export function readKeys(text: string): KeysRead {
  const document: unknown = JSON.parse(text)
  if (!isObject(document) || !Array.isArray(document.keys))
    throw new Error('not a JWKS document: there is no list "keys"')
  if (document.keys.length > maxKeys) throw new Error(`a JWKS document of more than ${maxKeys} keys`)
  const keys: VerificationKey[] = []
  const ignored: string[] = []
  for (const [index, entry] of (document.keys as unknown[]).entries()) {
    try {
      const key = readKey(entry)
      if (keys.some(({ id, algorithm }) => id === key.id && algorithm === key.algorithm)) {
        throw new Error('an earlier key has the same kid and algorithm')
      }
      keys.push(key)
    } catch (error) {
      ignored.push(`key ${index + 1}: ${error instanceof Error ? error.message : 'cannot be read'}`)
    }
  }
  return { keys, ignored }
}

function readKey(jwk: unknown): VerificationKey {
  if (!isObject(jwk)) throw new Error('is not an object')
  const { kid, use, key_ops: operations, alg } = jwk
  if (kid !== undefined && (typeof kid !== 'string' || kid === '' || kid.length > maxIdLength)) {
    throw new Error(`its kid is not a text of 1 to ${maxIdLength} characters`)
  }
  if (use !== undefined && use !== 'sig') throw new Error('is not for signatures (use)')
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    throw new Error('is not for verifying (key_ops)')
  }
  const algorithm = algorithmOf(jwk)
  if (alg !== undefined && alg !== algorithm) throw new Error(`its alg is not ${algorithm}, the one for such a key`)
  if ('d' in jwk) throw new Error('is a private key')
  const key = createPublicKey({ key: jwk as JsonWebKeyInput['key'], format: 'jwk' })
  if (algorithm === 'RS256') requireStrongRsa(key)
  return { id: kid, algorithm, key }
}

function algorithmOf({ kty, crv }: Record<string, unknown>): Algorithm {
  if (kty === 'RSA') return 'RS256'
  if (kty === 'EC' && crv === 'P-256') return 'ES256'
  if (kty === 'OKP' && crv === 'Ed25519') return 'EdDSA'
  throw new Error('is of a type or curve that is not used here')
}

function requireStrongRsa(key: KeyObject): void {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  if (modulusLength < rsaBits.min || modulusLength > rsaBits.max) throw new Error(`is of ${modulusLength} bits`)
  // With an exponent of 1 the signature is the message.
  if (publicExponent < 3n) throw new Error('has an exponent below 3')
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
