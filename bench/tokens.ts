/** HS256 tokens (RFC 7519) as development sign-in makes them, signed and verified here, so that thousands cost nothing. */
import { createHmac, timingSafeEqual } from 'node:crypto'

export interface Claims {
  readonly sub: string
  readonly role: 'jobseeker' | 'advisor' | 'supervisor' | 'operator'
  readonly name: string
  readonly region: string
  /** For peers, which keep no people: the channels of the person. */
  readonly channels?: readonly string[]
}

const issuer = 'visavis'
const audience = 'visavis'
const lifetimeS = 4 * 3_600

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const header = encode({ alg: 'HS256', typ: 'JWT' })
const signature = (signed: string, secret: string): Buffer => createHmac('sha256', secret).update(signed).digest()

export function signToken(claims: Claims, secret: string): string {
  const iat = Math.floor(Date.now() / 1_000)
  const signed = `${header}.${encode({ ...claims, iss: issuer, aud: audience, iat, exp: iat + lifetimeS })}`
  return `${signed}.${signature(signed, secret).toString('base64url')}`
}

/** As strict as a server must be: one algorithm, signature, issuer, audience, time. @throws Error */
export function verifyToken(token: string, secret: string): Claims {
  const [head = '', body = '', given = '', ...more] = token.split('.')
  const expected = signature(`${head}.${body}`, secret)
  const found = Buffer.from(given, 'base64url')
  if (head !== header || more.length > 0 || found.length !== expected.length || !timingSafeEqual(found, expected)) {
    throw new Error('the token was refused')
  }
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims & {
    iss: string
    aud: string
    exp: number
  }
  if (claims.iss !== issuer || claims.aud !== audience || claims.exp * 1_000 < Date.now()) {
    throw new Error('the token was refused')
  }
  return claims
}
