/**
 * A node's signature (Ed25519) under a head: on the close of a record, after each act of a person, and at least hourly while it
 * grows. *Pure.* It shows which node stands for the record; that nothing was changed since, the heads at the parties show.
 */
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { canonical, digestOf } from '../protocol/canonical.ts'

/** What is signed, as canonical JSON. */
export interface Sealed {
  readonly appointment: string
  readonly n: number
  readonly hash: string
  /** When (ms). */
  readonly at: number
  /** Id of the key. */
  readonly kid: string
}

export interface Seal extends Sealed {
  /** base64url. */
  readonly signature: string
}

/** A public key as it is published (RFC 8037). */
export interface PublicKey {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly kid: string
  readonly use: 'sig'
  readonly alg: 'EdDSA'
  /** From when on it signs (ms). */
  readonly since: number
}

const sealedText = ({ appointment, n, hash, at, kid }: Sealed): Buffer =>
  Buffer.from(canonical({ appointment, n, hash, at, kid }))

export const seal = (sealed: Sealed, key: KeyObject): Seal => ({
  ...sealed,
  signature: sign(null, sealedText(sealed), key).toString('base64url'),
})

export function isSealOf({ signature, ...sealed }: Seal, key: PublicKey): boolean {
  if (sealed.kid !== key.kid || key.kid !== keyId(key)) return false
  const { kty, crv, x } = key
  try {
    const publicKey = createPublicKey({ key: { kty, crv, x }, format: 'jwk' })
    return verify(null, sealedText(sealed), publicKey, Buffer.from(signature, 'base64url'))
  } catch {
    // What is no key proves nothing.
    return false
  }
}

/** The thumbprint of a key (RFC 7638), in hexadecimal: whoever makes another key cannot give it the same id. */
export const keyId = ({ crv, kty, x }: Pick<PublicKey, 'crv' | 'kty' | 'x'>): string =>
  digestOf(canonical({ crv, kty, x }))
