/** A browser's connectivity checks without a browser: as much of ICE (RFC 8445) and STUN as it takes to be connected. */
import { createHmac, randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { crc32 } from 'node:zlib'
import type { ResultOf } from '../../src/protocol/index.ts'

type TransportOptions = ResultOf<'room.openTransport'>
type Candidate = TransportOptions['iceCandidates'][number]

const attributes = { username: 0x0006, integrity: 0x0008, priority: 0x0024, useCandidate: 0x0025, controlling: 0x802a }
const cookie = 0x2112a442
const fingerprintAttribute = 0x8028
const success = 0x0101
/** Browsers check every 2.5 s; more often costs nothing here. */
const everyMs = 200

function attribute(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt16BE(type, 0)
  head.writeUInt16BE(value.length, 2)
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)])
}

function withLength(message: Buffer, further: number): Buffer {
  const copy = Buffer.from(message)
  copy.writeUInt16BE(message.length - 20 + further, 2)
  return copy
}

/** A binding request with nomination. */
function bindingRequest({ usernameFragment, password }: TransportOptions['iceParameters']): Buffer {
  const head = Buffer.alloc(20)
  head.writeUInt16BE(0x0001, 0)
  head.writeUInt32BE(cookie, 4)
  randomBytes(12).copy(head, 8)
  const priority = Buffer.alloc(4)
  priority.writeUInt32BE(1_853_759_231)
  const message = Buffer.concat([
    head,
    attribute(attributes.username, Buffer.from(`${usernameFragment}:test`)),
    attribute(attributes.priority, priority),
    attribute(attributes.controlling, randomBytes(8)),
    attribute(attributes.useCandidate, Buffer.alloc(0)),
  ])
  const integrity = createHmac('sha1', password).update(withLength(message, 24)).digest()
  const signed = Buffer.concat([message, attribute(attributes.integrity, integrity)])
  const print = Buffer.alloc(4)
  print.writeUInt32BE((crc32(withLength(signed, 8)) ^ 0x5354554e) >>> 0)
  const whole = Buffer.concat([signed, attribute(fingerprintAttribute, print)])
  return withLength(whole, 0)
}

export interface IceClient {
  readonly candidate: Candidate
  /** From now on nothing comes any more. */
  stop(): void
}

/** Checks until stopped. @returns when the first check was answered. @throws when the transport has no such candidate. */
export async function iceClient(
  t: { teardown(end: () => void): void },
  { iceParameters, iceCandidates }: TransportOptions,
  wanted: (candidate: Candidate) => boolean = ({ protocol }) => protocol === 'udp',
): Promise<IceClient> {
  const candidate = iceCandidates.find(wanted)
  if (candidate === undefined) throw new Error(`no such candidate among ${JSON.stringify(iceCandidates)}`)
  const line = candidate.protocol === 'udp' ? udpLine(candidate) : await tcpLine(candidate)
  const check = () => line.send(bindingRequest(iceParameters))
  const timer = setInterval(check, everyMs)
  const stop = () => {
    clearInterval(timer)
    line.close()
  }
  t.teardown(stop)
  check()
  await line.answered
  return { candidate, stop }
}

interface StunLine {
  readonly answered: Promise<void>
  readonly send: (message: Buffer) => void
  readonly close: () => void
}

function udpLine({ address, port }: Candidate): StunLine {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  const { promise: answered, resolve, reject } = Promise.withResolvers<void>()
  socket.on('error', reject)
  socket.on('message', (message) => {
    if (message.readUInt16BE(0) === success) resolve()
    else reject(new Error(`a check was answered with ${message.readUInt16BE(0).toString(16)}`))
  })
  let open = true
  return {
    answered,
    send: (message) => socket.send(message, port, address),
    close: () => {
      if (open) socket.close()
      open = false
    },
  }
}

/** RFC 4571: each message has its length before it. */
async function tcpLine({ address, port }: Candidate): Promise<StunLine> {
  const socket = connect(port, address)
  const { promise: answered, resolve, reject } = Promise.withResolvers<void>()
  answered.catch(() => {})
  socket.on('error', reject)
  socket.on('data', (data: Buffer) => {
    if (data.length >= 4 && data.readUInt16BE(2) === success) resolve()
  })
  await once(socket, 'connect')
  return {
    answered,
    send: (message) => {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(message.length)
      socket.write(Buffer.concat([length, message]))
    },
    close: () => void socket.destroy(),
  }
}
