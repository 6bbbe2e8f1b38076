/**
 * A certificate of capacity: what was measured, on what, by whom, and until when it holds; signed (Ed25519). *Pure.* The command
 * that measures makes it, and the server takes it for a region.
 */
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { canonical, digestOf } from '../protocol/canonical.ts'

export const certificateFormat = 'visavis-capacity/1'

export type CertifiedVerdict = 'LAUNCH' | 'DO NOT LAUNCH' | 'NOT PROVEN'

/** What a server needs of it. What else was measured stands beside it, and is signed as well. */
export interface CertificateBody {
  readonly format: typeof certificateFormat
  readonly region: string
  /** ms since the epoch. */
  readonly issuedAt: number
  readonly expiresAt: number
  readonly verdict: CertifiedVerdict
  /** Volunteers that are carried: the low end of the interval is what may be relied on. Absent: nothing was measured. */
  readonly capacity?: { readonly value: number; readonly low: number; readonly high: number; readonly atLeast: boolean }
  readonly [more: string]: unknown
}

/** A public key (RFC 8037) with its thumbprint (RFC 7638). */
export interface CertificateKey {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly kid: string
}

export interface Certificate extends CertificateBody {
  /** The digest of all but itself and the signature. */
  readonly id: string
  readonly key: CertificateKey
  /** base64url, over all but itself. */
  readonly signature: string
}

export function keyOf(publicKey: KeyObject): CertificateKey {
  const { x = '' } = publicKey.export({ format: 'jwk' })
  const named = { kty: 'OKP', crv: 'Ed25519', x } as const
  return { ...named, kid: digestOf(canonical({ crv: named.crv, kty: named.kty, x })) }
}

export function signCertificate(body: CertificateBody, key: KeyObject): Certificate {
  const named = { ...body, id: digestOf(canonical(body)), key: keyOf(createPublicKey(key)) }
  return { ...named, signature: sign(null, Buffer.from(canonical(named)), key).toString('base64url') }
}

export interface Finding {
  readonly what: string
  readonly ok: boolean
}

export interface CertificateVerification {
  readonly ok: boolean
  readonly findings: readonly Finding[]
  /** Undefined for what is no certificate at all. */
  readonly certificate: Certificate | undefined
}

export interface VerifyCertificate {
  readonly now: number
  /** Whom to believe. Undefined: whoever signed it, which shows only that nothing was changed since. */
  readonly keys: readonly Pick<CertificateKey, 'x'>[] | undefined
}

/** @param file whatever somebody handed over. */
export function verifyCertificate(file: unknown, { now, keys }: VerifyCertificate): CertificateVerification {
  const certificate = asCertificate(file)
  if (certificate === undefined)
    return { ok: false, findings: [{ what: 'it is a certificate of capacity', ok: false }], certificate }
  const { signature, ...signed } = certificate
  const { id, key, ...body } = signed
  const findings: Finding[] = [
    { what: 'it is a certificate of capacity', ok: true },
    { what: 'its id is the digest of what it says', ok: id === safely(() => digestOf(canonical(body))) },
    { what: 'its signature is that of its key', ok: isSigned(signed, signature, key) },
    { what: 'it has not expired', ok: now < certificate.expiresAt && certificate.issuedAt < certificate.expiresAt },
    ...(keys === undefined ? [] : [{ what: 'its key is one that is trusted', ok: keys.some(({ x }) => x === key.x) }]),
  ]
  return { ok: findings.every(({ ok }) => ok), findings, certificate }
}

function isSigned(
  signed: Omit<Certificate, 'signature'>,
  signature: string,
  { kty, crv, x, kid }: CertificateKey,
): boolean {
  return (
    safely(() => {
      const publicKey = createPublicKey({ key: { kty, crv, x }, format: 'jwk' })
      if (keyOf(publicKey).kid !== kid) return false
      return verify(null, Buffer.from(canonical(signed)), publicKey, Buffer.from(signature, 'base64url'))
    }) ?? false
  )
}

/** What is no key, or has no canonical form, proves nothing. */
function safely<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}

const verdicts: readonly string[] = ['LAUNCH', 'DO NOT LAUNCH', 'NOT PROVEN'] satisfies CertifiedVerdict[]
const isTime = (value: unknown): boolean => Number.isSafeInteger(value)

function asCertificate(file: unknown): Certificate | undefined {
  if (typeof file !== 'object' || file === null) return undefined
  const { format, region, issuedAt, expiresAt, verdict, capacity, id, key, signature } = file as Partial<Certificate>
  const texts = [region, id, signature, key?.x, key?.kid].every((text) => typeof text === 'string')
  const isWhole = texts && format === certificateFormat && isTime(issuedAt) && isTime(expiresAt)
  const isMeasured =
    capacity === undefined ||
    [capacity?.value, capacity?.low, capacity?.high].every((value) => Number.isSafeInteger(value) && Number(value) >= 0)
  return isWhole && isMeasured && verdicts.includes(String(verdict)) ? (file as Certificate) : undefined
}
