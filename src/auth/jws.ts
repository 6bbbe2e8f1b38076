/** A signed token in compact form (RFC 7515 §3.1): taken apart in the only way it can be read, and its signature checked. */
import { isUtf8 } from 'node:buffer'
import { createHmac, type KeyObject, timingSafeEqual, type VerifyKeyObjectInput, verify } from 'node:crypto'
import { promisify } from 'node:util'
import type { Algorithm } from './jwk.ts'
import { hasRepeatedNames } from './repeated-names.ts'

export type JsonObject = Readonly<Record<string, unknown>>

export interface Jws {
  readonly header: JsonObject
  readonly payload: JsonObject
  /** What was signed, as text of the ASCII alphabet. */
  readonly signed: string
  readonly signature: Buffer
}

/** Three parts, none empty, in the alphabet of base64url alone: no padding, no white space, no encrypted token. */
const compact = /^[\w-]+\.[\w-]+\.[\w-]+$/

/**
 * A token that two readers could read in two ways is refused: bits left over, text that is not UTF-8, a byte order mark,
 * a name twice.
 * @throws Error that says what is wrong with it.
 */
export function readJws(token: string): Jws {
  if (!compact.test(token)) throw new Error('not three parts of base64url')
  const first = token.indexOf('.')
  const second = token.indexOf('.', first + 1)
  return {
    header: objectIn(token.slice(0, first)),
    payload: objectIn(token.slice(first + 1, second)),
    signed: token.slice(0, second),
    signature: bytesOf(token.slice(second + 1)),
  }
}

/**
 * Whether the key has signed it. What costs the event loop less than handing it to another thread and hearing back is
 * done at once; checks on curves take 75 to 100 µs and are done by the thread pool (decision 8).
 * @param algorithm that of the key; what the token says is not asked.
 */
export async function isSignedBy(
  { signed, signature }: Jws,
  key: KeyObject,
  algorithm: Algorithm | 'HS256',
): Promise<boolean> {
  const bytes = Buffer.from(signed, 'latin1')
  switch (algorithm) {
    case 'HS256': {
      const own = createHmac('sha256', key).update(bytes).digest()
      return own.length === signature.length && timingSafeEqual(own, signature)
    }
    case 'RS256':
      return verify('sha256', bytes, key, signature)
    case 'ES256':
      return verifyElsewhere('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature)
    case 'EdDSA':
      return verifyElsewhere(null, bytes, { key }, signature)
  }
}

const verifyElsewhere = promisify(verify) as (
  hash: string | null,
  data: Buffer,
  key: VerifyKeyObjectInput,
  signature: Buffer,
) => Promise<boolean>

function bytesOf(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url')
  if (bytes.toString('base64url') !== part) throw new Error('base64url with bits left over')
  return bytes
}

function objectIn(part: string): JsonObject {
  const bytes = bytesOf(part)
  if (!isUtf8(bytes)) throw new Error('not UTF-8')
  const text = bytes.toString()
  if (text.startsWith('\uFEFF')) throw new Error('a byte order mark')
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object')
  if (hasRepeatedNames(text)) throw new Error('a name occurs twice')
  return value as JsonObject
}
