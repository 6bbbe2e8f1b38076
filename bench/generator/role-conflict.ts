/**
 * Pure: the STUN request that makes an ICE agent the controlling one (RFC 8445 §7.3.1.1): we say that we are controlled and that our
 * tie-breaker is the smallest. Janus waits to be controlled by whoever made the offer, and mediasoup is ICE lite, which never
 * controls; its own answer to that (487) is not signed, so Janus does not heed it.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** Of both sides, from their descriptions. */
export interface Credentials {
  readonly theirUfrag: string
  readonly theirPassword: string
  readonly ownUfrag: string
}

const [bindingRequest, cookie, fingerprintMask] = [0x0001, 0x2112a442, 0x5354554e]
const headerBytes = 20
const attributes = {
  username: 0x0006,
  priority: 0x0024,
  iceControlled: 0x8029,
  messageIntegrity: 0x0008,
  fingerprint: 0x8028,
} as const
const [integrityBytes, fingerprintBytes] = [24, 8]

export function roleConflict(
  { theirUfrag, theirPassword, ownUfrag }: Credentials,
  transaction = randomBytes(12),
): Buffer {
  const body = Buffer.concat([
    attribute('username', Buffer.from(`${theirUfrag}:${ownUfrag}`)),
    attribute('priority', number(1)),
    attribute('iceControlled', Buffer.alloc(8)),
  ])
  // Both cover a header that counts them in.
  const signed = Buffer.concat([header(body.length + integrityBytes, transaction), body])
  const integrity = attribute('messageIntegrity', createHmac('sha1', theirPassword).update(signed).digest())
  const length = body.length + integrityBytes + fingerprintBytes
  const whole = Buffer.concat([header(length, transaction), body, integrity])
  return Buffer.concat([whole, attribute('fingerprint', number((crc32(whole) ^ fingerprintMask) >>> 0))])
}

function header(length: number, transaction: Buffer): Buffer {
  const start = Buffer.alloc(headerBytes - transaction.length)
  start.writeUInt16BE(bindingRequest, 0)
  start.writeUInt16BE(length, 2)
  start.writeUInt32BE(cookie, 4)
  return Buffer.concat([start, transaction])
}

function attribute(name: keyof typeof attributes, value: Buffer): Buffer {
  const start = Buffer.alloc(4)
  start.writeUInt16BE(attributes[name], 0)
  start.writeUInt16BE(value.length, 2)
  return Buffer.concat([start, value, Buffer.alloc((4 - (value.length % 4)) % 4)])
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
