/** A WebSocket client made of bytes, for frames and handshakes that no library would send. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type Response, subprotocol } from '../../src/protocol/index.ts'
import { until } from '../support/until.ts'

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

export interface FrameOptions {
  readonly fin?: boolean
  /** The three reserved bits, 4 is RSV1. */
  readonly rsv?: number
  readonly mask?: boolean
  readonly maskKey?: readonly [number, number, number, number]
  /** Width of the length field; the least that fits when absent. */
  readonly lengthBits?: 7 | 16 | 64
  /** Told instead of the payload's own. */
  readonly length?: bigint
}

/** RFC 6455 §5.2. */
export function frame(opcode: number, payload: string | Buffer = '', options: FrameOptions = {}): Buffer {
  const { fin = true, rsv = 0, mask = true, maskKey = [1, 2, 3, 4] } = options
  const body: Buffer = Buffer.from(payload)
  const length = options.length ?? BigInt(body.length)
  const bits = options.lengthBits ?? (length < 126n ? 7 : length < 65_536n ? 16 : 64)
  const extended: Buffer = Buffer.alloc(bits === 7 ? 0 : bits / 8)
  if (bits === 16) extended.writeUInt16BE(Number(length))
  if (bits === 64) extended.writeBigUInt64BE(length)
  const short = bits === 7 ? Number(length) : bits === 16 ? 126 : 127
  const head = Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode, (mask ? 0x80 : 0) | short])
  const key = mask ? Buffer.from(maskKey) : Buffer.alloc(0)
  if (mask) for (let n = 0; n < body.length; n += 1) body[n] = (body[n] ?? 0) ^ (maskKey[n % 4] ?? 0)
  return Buffer.concat([head, extended, key, body])
}

export const closeFrame = (code: number, reason: string | Buffer = ''): Buffer =>
  frame(opcodes.close, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]))

export const request = (id: number, method = 'session.heartbeat', params: object = {}): string =>
  JSON.stringify({ id, method, params })

export interface Wire extends AsyncDisposable {
  readonly socket: Socket
  /** Frames of the server, in order. */
  readonly received: readonly { opcode: number; payload: Buffer }[]
  /** Status and headers of the answer to the upgrade. */
  readonly head: string
  /** The code of the server's close frame: 1005 for one without, undefined while there is none. */
  readonly closeCode: number | undefined
  /** Whether the server has ended the connection. */
  readonly ended: boolean
  /** Waits for the answer to a request. */
  answer(id: number): Promise<Response>
}

/** The bytes of a correct upgrade, with some lines replaced, added, or left out (undefined). */
export function upgrade(
  changes: Readonly<Record<string, string | undefined>> = {},
  line = 'GET /ws HTTP/1.1',
  more: readonly string[] = [],
): string {
  const headers: Record<string, string | undefined> = {
    host: '127.0.0.1',
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13',
    'sec-websocket-protocol': subprotocol,
    ...changes,
  }
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]))
  return `${[line, ...lines, ...more].join('\r\n')}\r\n\r\n`
}

/** @param opening what is sent first: a correct upgrade unless told otherwise. Waits for the answer to it. */
export async function openWire(url: string, opening: string | Buffer = upgrade()): Promise<Wire> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), allowHalfOpen: true })
  const received: { opcode: number; payload: Buffer }[] = []
  let rest: Buffer = Buffer.alloc(0)
  let head = ''
  let ended = false
  socket.on('error', () => {})
  socket.on('end', () => {
    ended = true
  })
  socket.on('close', () => {
    ended = true
  })
  socket.on('data', (data: Buffer) => {
    rest = Buffer.concat([rest, data])
    if (head === '') {
      const end = rest.indexOf('\r\n\r\n')
      if (end === -1) return
      head = rest.subarray(0, end).toString()
      rest = rest.subarray(end + 4)
    }
    if (head.startsWith('HTTP/1.1 101')) rest = takeFrames(rest, received)
  })
  await once(socket, 'connect')
  socket.write(opening)
  await until(() => head !== '' || ended, { what: 'the answer to an upgrade', timeoutMs: 20_000, everyMs: 1 })
  const last = (opcode: number) => received.findLast((each) => each.opcode === opcode)
  return {
    socket,
    received,
    head,
    get closeCode() {
      const close = last(opcodes.close)
      if (close === undefined) return undefined
      return close.payload.length < 2 ? 1005 : close.payload.readUInt16BE()
    },
    get ended() {
      return ended
    },
    answer: (id) =>
      until(
        () =>
          received
            .filter(({ opcode }) => opcode === opcodes.text)
            .map(({ payload }) => JSON.parse(String(payload)) as Response)
            .find((response) => response.id === id),
        { what: `the answer to request ${id}`, everyMs: 1 },
      ),
    async [Symbol.asyncDispose]() {
      socket.destroy()
      await until(() => socket.closed, { what: 'the end of a socket' })
    },
  }
}

/** A wire with an open session; the request for it had the id 0. */
export async function sessionWire(url: string, token: string): Promise<Wire> {
  const wire = await openWire(url)
  wire.socket.write(frame(opcodes.text, request(0, 'session.open', { token, versions: [1] })))
  const answer = await wire.answer(0)
  if ('error' in answer) throw new Error(answer.error.message)
  return wire
}

/** Servers do not mask. @returns what is left of an unfinished frame. */
function takeFrames(bytes: Buffer, into: { opcode: number; payload: Buffer }[]): Buffer {
  let rest = bytes
  while (rest.length >= 2) {
    const short = (rest[1] ?? 0) & 0x7f
    const start = short === 126 ? 4 : short === 127 ? 10 : 2
    if (rest.length < start) return rest
    const length = short === 126 ? rest.readUInt16BE(2) : short === 127 ? Number(rest.readBigUInt64BE(2)) : short
    if (rest.length < start + length) return rest
    into.push({ opcode: (rest[0] ?? 0) & 0x0f, payload: Buffer.from(rest.subarray(start, start + length)) })
    rest = rest.subarray(start + length)
  }
  return rest
}
