/** RFC 6455, a frame at a time: what is valid is served, what is not closes the connection with the documented code. */
import t, { type Test } from 'tap'
import { closeCodes } from '../../src/protocol/index.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { closeFrame, frame, opcodes, openWire, request, sessionWire, upgrade, type Wire } from './wire.ts'

const { continuation, text, binary, close, ping, pong } = opcodes
const maxFrameBytes = 65_536

const node = await testNode(t, { VISAVIS_SESSIONS_PER_PERSON: '200', VISAVIS_MAX_FRAME_BYTES: String(maxFrameBytes) })
const token = await node.token('jobseeker-1')
const bystander = await sessionWire(node.url, await node.token('jobseeker-4'))
t.teardown(() => bystander[Symbol.asyncDispose]())
let asked = 0

/** A test after which somebody else is still served, on the same connection. */
function undisturbed(title: string, body: (t: Test) => Promise<void>): void {
  t.test(title, async (t) => {
    await body(t)
    asked += 1
    bystander.socket.write(frame(text, request(asked)))
    t.match(await bystander.answer(asked), { result: { now: Number } }, 'the bystander is served')
  })
}

const parts = (bytes: string, ...ends: number[]): Buffer[] =>
  [...ends, bytes.length].map((end, n) =>
    frame(n === 0 ? text : continuation, bytes.slice(n === 0 ? 0 : ends[n - 1], end), { fin: n === ends.length }),
  )
/** A request of exactly so many bytes. */
const sized = (bytes: number) => request(1).replace('{}', `{"x":"${'x'.repeat(bytes - request(1).length - 6)}"}`)

/** Sent on an open session; request 1 must be answered. */
const valid: Record<string, Buffer[]> = {
  'a text in one frame': [frame(text, request(1))],
  'two fragments': parts(request(1), 10),
  '16 fragments': parts(request(1), ...Array.from({ length: 15 }, (_, n) => n + 1)),
  'an empty first fragment': parts(request(1), 0),
  'an empty last fragment': parts(request(1), request(1).length),
  'a ping between fragments': [parts(request(1), 10)[0], frame(ping, 'x'), parts(request(1), 10)[1]] as Buffer[],
  'a pong between fragments': [parts(request(1), 10)[0], frame(pong, 'x'), parts(request(1), 10)[1]] as Buffer[],
  'a pong nobody asked for': [frame(pong, 'x'), frame(text, request(1))],
  'a character cut in two by fragments': [
    frame(text, Buffer.concat([Buffer.from('{"id":1,"method":"'), Buffer.from([0xc3])]), { fin: false }),
    frame(continuation, Buffer.concat([Buffer.from([0xa9]), Buffer.from('","params":{}}')])),
  ],
  'a frame a byte at a time': [...frame(text, request(1))].map((byte) => Buffer.from([byte])),
  'two requests in one packet': [Buffer.concat([frame(text, request(2)), frame(text, request(1))])],
  'a mask of zeros': [frame(text, request(1), { maskKey: [0, 0, 0, 0] })],
  'a length of 16 bits': [frame(text, request(1), { lengthBits: 16 })],
  'a length of 64 bits': [frame(text, request(1), { lengthBits: 64 })],
  'a frame of the maximum size': [frame(text, sized(maxFrameBytes))],
  'fragments of the maximum size together': parts(sized(maxFrameBytes), 30_000, 60_000),
}
for (const [what, bytes] of Object.entries(valid)) {
  undisturbed(`served: ${what}`, async (t) => {
    await using wire = await sessionWire(node.url, token)
    for (const each of bytes) wire.socket.write(each)
    t.match(await wire.answer(1), { id: 1 })
    t.equal(wire.closeCode, undefined)
  })
}

const pings: Record<string, string> = { empty: '', short: 'x', 'of 125 bytes': 'x'.repeat(125), 'with UTF-8': 'é👋' }
for (const [what, payload] of Object.entries(pings)) {
  undisturbed(`a ping is answered with its payload: ${what}`, async (t) => {
    await using wire = await sessionWire(node.url, token)
    wire.socket.write(frame(ping, payload))
    const answer = await until(() => wire.received.find(({ opcode }) => opcode === pong), { what: 'a pong' })
    t.equal(String(answer.payload), payload)
  })
}

const bytes = (...list: number[]) => Buffer.from(list)
const { BAD_FRAME, TOO_FAST, UNSUPPORTED_VERSION } = closeCodes
const refused: Record<string, [code: number, ...sent: Buffer[]]> = {
  'a text without mask': [1002, frame(text, request(1), { mask: false })],
  'a ping without mask': [1002, frame(ping, '', { mask: false })],
  'a close without mask': [1002, frame(close, '', { mask: false })],
  'a text with another mask than told': [1007, frame(text, bytes(0xff, 0xfe, 0x80))],
  'reserved bit 1': [1002, frame(text, request(1), { rsv: 4 })],
  'reserved bit 2': [1002, frame(text, request(1), { rsv: 2 })],
  'reserved bit 3': [1002, frame(text, request(1), { rsv: 1 })],
  'a reserved bit in a ping': [1002, frame(ping, '', { rsv: 4 })],
  'a reserved bit in a continuation': [1002, frame(text, '{', { fin: false }), frame(continuation, '}', { rsv: 4 })],
  'a continuation of nothing': [1002, frame(continuation, request(1))],
  'an unfinished continuation of nothing': [1002, frame(continuation, request(1), { fin: false })],
  'a continuation after the end': [1002, ...parts(request(1), 10), frame(continuation, 'x')],
  'a text within a text': [1002, frame(text, '{', { fin: false }), frame(text, request(1))],
  'a binary within a text': [1002, frame(text, '{', { fin: false }), frame(binary, 'x')],
  'a ping of 126 bytes': [1002, frame(ping, 'x'.repeat(126))],
  'a pong of 126 bytes': [1002, frame(pong, 'x'.repeat(126))],
  'a close of 126 bytes': [1002, closeFrame(1000, 'x'.repeat(124))],
  'a ping in fragments': [1002, frame(ping, 'x', { fin: false })],
  'a close in fragments': [1002, frame(close, '', { fin: false })],
  'a close of one byte': [1002, frame(close, 'x')],
  'a close with bad UTF-8': [1007, closeFrame(1000, bytes(0xc3))],
  'a byte of UTF-8 alone': [1007, frame(text, bytes(0x22, 0x80, 0x22))],
  'an overlong UTF-8': [1007, frame(text, bytes(0x22, 0xc0, 0x80, 0x22))],
  'a surrogate in UTF-8': [1007, frame(text, bytes(0x22, 0xed, 0xa0, 0x80, 0x22))],
  'UTF-8 beyond U+10FFFF': [1007, frame(text, bytes(0x22, 0xf4, 0x90, 0x80, 0x80, 0x22))],
  'UTF-8 cut off': [1007, frame(text, bytes(0x22, 0xe2, 0x82))],
  'bad UTF-8 over two fragments': [
    1007,
    frame(text, bytes(0x22, 0xc3), { fin: false }),
    frame(continuation, bytes(0x22)),
  ],
  'a byte order mark': [BAD_FRAME.code, frame(text, `\ufeff${request(1)}`)],
  'a repeated name': [BAD_FRAME.code, frame(text, request(1).replace('{', '{"id":2,'))],
  'an empty text': [BAD_FRAME.code, frame(text, '')],
  'a binary': [BAD_FRAME.code, frame(binary, request(1))],
  'a binary in fragments': [BAD_FRAME.code, frame(binary, '{', { fin: false }), frame(continuation, '}')],
  'one byte more than the maximum': [1009, frame(text, sized(maxFrameBytes + 1))],
  'fragments too large together': [1009, ...parts(sized(maxFrameBytes + 1), 30_000, 60_000)],
  'a large frame announced only': [1009, frame(text, '', { length: 2n ** 32n })],
  'a length of 2^53': [1009, frame(text, '', { length: 2n ** 53n })],
  'a length with the highest bit': [1009, frame(text, '', { length: 2n ** 63n })],
  'all bits of a length': [1009, frame(text, '', { length: 2n ** 64n - 1n })],
  '17 fragments': [1008, ...parts(request(1), ...Array.from({ length: 16 }, (_, n) => n + 1))],
  'a flood of empty fragments': [
    1008,
    frame(text, '', { fin: false }),
    ...Array.from({ length: 5_000 }, () => frame(continuation, '', { fin: false })),
  ],
  'a flood of pings': [
    TOO_FAST.code,
    Buffer.concat(Array.from({ length: 50_000 }, () => frame(ping, 'x'.repeat(125)))),
  ],
  'a flood of pongs': [TOO_FAST.code, Buffer.concat(Array.from({ length: 50_000 }, () => frame(pong, 'x')))],
  'a flood of requests': [TOO_FAST.code, Buffer.concat(Array.from({ length: 5_000 }, () => frame(text, request(1))))],
}
for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
  refused[`opcode ${opcode}`] = [1002, frame(opcode, opcode < 8 ? request(1) : '')]
for (const code of [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
  refused[`close code ${code}`] = [1002, closeFrame(code)]

for (const [what, [code, ...sent]] of Object.entries(refused)) {
  undisturbed(`closed with ${code}: ${what}`, async (t) => {
    await using wire = await sessionWire(node.url, token)
    for (const each of sent) wire.socket.write(each)
    await until(() => wire.closeCode !== undefined || wire.ended, { what: 'the close frame' })
    t.equal(wire.closeCode, code)
    await until(() => wire.ended, { what: 'the end of the connection, although this side stays open' })
  })
}

for (const code of [1000, 1001, 1003, 1007, 1011, 1014, 3000, 4000, 4999]) {
  undisturbed(`a close frame is answered with its code: ${code}`, async (t) => {
    await using wire = await sessionWire(node.url, token)
    wire.socket.write(Buffer.concat([closeFrame(code, 'é'), frame(text, request(7))]))
    await until(() => wire.ended, { what: 'the end of the connection' })
    t.equal(wire.closeCode, code)
    t.equal(wire.received.at(-1)?.opcode, close, 'what comes after the close frame is not answered')
  })
}

undisturbed('a close frame without a code is answered without one', async (t) => {
  await using wire = await sessionWire(node.url, token)
  wire.socket.write(frame(close))
  await until(() => wire.ended, { what: 'the end of the connection' })
  t.equal(wire.closeCode, 1005)
})

undisturbed('many pings at once are answered by the newest', async (t) => {
  await using wire = await sessionWire(node.url, token)
  wire.socket.write(Buffer.concat(Array.from({ length: 150 }, (_, n) => frame(ping, String(n)))))
  const pongs = () => wire.received.filter(({ opcode }) => opcode === pong).map(({ payload }) => Number(payload))
  await until(() => pongs().includes(149), { what: 'the answer to the newest ping' })
  t.ok(pongs().length < 150, `${pongs().length} answers`)
  t.strictSame(
    pongs(),
    pongs().toSorted((a, b) => a - b),
    'in order',
  )
})

undisturbed('a client that closes its half is let go', async (t) => {
  await using wire = await sessionWire(node.url, token)
  wire.socket.end(frame(text, request(1)))
  await until(() => wire.ended, { what: 'the end of the connection' })
  t.equal(wire.closeCode, undefined)
})

undisturbed('a client that vanishes within a frame is let go', async (t) => {
  await using wire = await sessionWire(node.url, token)
  wire.socket.write(frame(text, request(1)).subarray(0, 9))
  wire.socket.resetAndDestroy()
  await until(() => wire.ended, { what: 'the end of the connection' })
  t.equal(wire.closeCode, undefined)
})

undisturbed('frames that come with the upgrade itself are read', async (t) => {
  const opening = frame(text, request(5, 'session.open', { token, versions: [1] }))
  await using wire = await openWire(node.url, Buffer.concat([Buffer.from(upgrade()), opening]))
  t.match(await wire.answer(5), { result: { version: 1 } })
})

undisturbed('of several session.open at once the first is answered and the others are refused', async (t) => {
  await using wire = await openWire(node.url)
  const opening = (id: number) => frame(text, request(id, 'session.open', { token, versions: [1] }))
  wire.socket.write(Buffer.concat([1, 2, 3, 4].map(opening)))
  t.match(await wire.answer(1), { result: { version: 1 } })
  for (const id of [2, 3, 4]) t.match(await wire.answer(id), { error: { code: 'CONFLICT' } })
  wire.socket.write(frame(text, request(5)))
  t.match(await wire.answer(5), { result: { now: Number } })
})

const statusOf = ({ head }: Wire) => Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1])

const many = Array.from({ length: 2_000 }, (_, n) => `x-${n}: 1`)
const upgrades: Record<string, [status: number, opening: string]> = {
  'without a key': [400, upgrade({ 'sec-websocket-key': undefined })],
  'with an empty key': [400, upgrade({ 'sec-websocket-key': '' })],
  'with a short key': [400, upgrade({ 'sec-websocket-key': 'c2hvcnQ=' })],
  'with a key that is not base64': [400, upgrade({ 'sec-websocket-key': '????????????????????????' })],
  'without a version': [400, upgrade({ 'sec-websocket-version': undefined })],
  'with version 12': [400, upgrade({ 'sec-websocket-version': '12' })],
  'with version 99': [400, upgrade({ 'sec-websocket-version': '99' })],
  'with a version in words': [400, upgrade({ 'sec-websocket-version': 'thirteen' })],
  'to another protocol': [400, upgrade({ upgrade: 'h2c' })],
  'with POST': [404, upgrade({}, 'POST /ws HTTP/1.1', ['content-length: 0'])],
  'with PUT': [404, upgrade({}, 'PUT /ws HTTP/1.1', ['content-length: 0'])],
  'with HEAD': [404, upgrade({}, 'HEAD /ws HTTP/1.1')],
  'at another path': [404, upgrade({}, 'GET /livez HTTP/1.1')],
  'at a path that is not there': [404, upgrade({}, 'GET /ws/x HTTP/1.1')],
  'at a path that cannot be decoded': [400, upgrade({}, 'GET /%zz HTTP/1.1')],
  'without Upgrade': [404, upgrade({ upgrade: undefined, connection: 'close' })],
  'with a subprotocol that is no token': [400, upgrade({ 'sec-websocket-protocol': 'a b, c' })],
  'with a subprotocol told twice': [400, upgrade({ 'sec-websocket-protocol': 'visavis.v1, visavis.v1' })],
  'with a header of 20 kB': [431, upgrade({ 'x-long': 'x'.repeat(20_000) })],
  'with 2,000 headers': [431, upgrade({}, undefined, many)],
  'with a header without a name': [400, upgrade({}, undefined, [': x'])],
  'with a header over two lines': [400, upgrade({}, undefined, ['x: 1', ' 2'])],
  'without Host': [400, upgrade({ host: undefined })],
  'of HTTP 1.0': [400, upgrade({}, 'GET /ws HTTP/1.0')],
  'of HTTP 2.0': [400, upgrade({}, 'GET /ws HTTP/2.0')],
  'of HTTP 0.9': [400, upgrade({}, 'GET /ws')],
  'that is TLS': [400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
}
for (const [what, [status, opening]] of Object.entries(upgrades)) {
  undisturbed(`an upgrade is answered ${status}: ${what}`, async (t) => {
    await using wire = await openWire(node.url, opening)
    t.equal(statusOf(wire), status)
    await until(() => wire.ended, { what: 'the end of the connection, although this side stays open' })
  })
}

undisturbed('a refused version is told which one is spoken', async (t) => {
  await using wire = await openWire(node.url, upgrade({ 'sec-websocket-version': '12' }))
  t.match(wire.head.toLowerCase(), /sec-websocket-version: .*\b13\b/)
})

const subprotocols: Record<string, [chosen: string | undefined, offered: string | undefined]> = {
  'none is offered': [undefined, undefined],
  'only another one is offered': [undefined, 'visavis.v9'],
  'several are offered': ['visavis.v1', 'mqtt, visavis.v1, visavis.v0'],
}
for (const [what, [chosen, offered]] of Object.entries(subprotocols)) {
  undisturbed(`the subprotocol is ${chosen ?? 'refused'} when ${what}`, async (t) => {
    await using wire = await openWire(node.url, upgrade({ 'sec-websocket-protocol': offered }))
    t.equal(statusOf(wire), 101)
    t.equal(/sec-websocket-protocol: (.*)/i.exec(wire.head)?.[1], chosen)
    if (chosen !== undefined) return
    await until(() => wire.closeCode, { what: 'the close frame' })
    t.equal(wire.closeCode, UNSUPPORTED_VERSION.code)
  })
}

undisturbed('compression is not agreed to', async (t) => {
  await using wire = await openWire(node.url, upgrade({ 'sec-websocket-extensions': 'permessage-deflate' }))
  t.equal(statusOf(wire), 101)
  t.notMatch(wire.head.toLowerCase(), /sec-websocket-extensions/)
  t.match(wire.head, /sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/i, 'and the key is answered as the RFC says')
})
