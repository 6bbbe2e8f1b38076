/** What the generator says to Janus, and reads in what it says; without Janus. */
import { createHmac } from 'node:crypto'
import { crc32 } from 'node:zlib'
import t from 'tap'
import { candidatesOf, describe, readDescription } from '../../bench/generator/janus-sdp.ts'
import { roleConflict } from '../../bench/generator/role-conflict.ts'

/** As Janus 1.1.2 writes it. */
const answer = `v=0
o=- 1 1 IN IP4 192.0.2.2
s=VideoRoom r1
t=0 0
a=group:BUNDLE 0 1
a=fingerprint:sha-256 19:C2:47
m=audio 9 UDP/TLS/RTP/SAVPF 100
a=mid:0
a=ice-ufrag:0N6v
a=ice-pwd:BZgRWFJOgWcl87pJ1wsqpO
a=setup:active
a=ssrc:1983023119 cname:janus
a=candidate:2 1 udp 2015363583 fd00::2 49602 typ host
a=candidate:1 1 udp 2015363327 192.0.2.2 58836 typ host
m=video 9 UDP/TLS/RTP/SAVPF 101
a=mid:1
a=ssrc:425610291 cname:janus
`

t.test('of a description of Janus the transport is told where, who, and which streams', async (t) => {
  t.strictSame(readDescription(answer.replaceAll('\n', '\r\n')), {
    ...{ ufrag: '0N6v', password: 'BZgRWFJOgWcl87pJ1wsqpO', address: '192.0.2.2', port: 58_836 },
    fingerprint: { algorithm: 'sha-256', value: '19:C2:47' },
    lines: [
      { mid: '0', kind: 'audio', payloadType: 100, ssrc: 1_983_023_119 },
      { mid: '1', kind: 'video', payloadType: 101, ssrc: 425_610_291 },
    ],
  })
  t.throws(() => readDescription('v=0'), /without/)
})

t.test('what is offered is read back as it was meant', async (t) => {
  const local = {
    iceParameters: { usernameFragment: 'ours', password: 'secret', iceLite: true },
    iceCandidates: [
      {
        ...{ foundation: 'udpcandidate', priority: 7, address: '192.0.2.2', ip: '192.0.2.2' },
        ...{ protocol: 'udp', port: 4_000, type: 'host' },
      } as const,
    ],
    dtlsParameters: { role: 'auto', fingerprints: [{ algorithm: 'sha-256', value: 'AA:BB' }] } as const,
  }
  const lines = [
    { mid: '0', kind: 'audio', payloadType: 100, ssrc: 1 },
    { mid: '1', kind: 'video', payloadType: 101, ssrc: 2 },
  ] as const
  const offer = describe(local as never, lines, { setup: 'actpass', direction: 'sendonly' })
  const { ufrag, port, lines: read } = readDescription(offer)
  t.strictSame({ ufrag, port, read }, { ufrag: 'ours', port: 4_000, read: [...lines] })
  t.match(offer, /a=ice-lite\r\n/)
  t.match(offer, /a=end-of-candidates\r\n/)
  const where = candidatesOf(local as never)
  t.strictSame(where, ['candidate:udpcandidate 1 udp 7 192.0.2.2 4000 typ host'])
  t.ok(offer.includes(`a=${where[0]}\r\n`))
  const later = describe(local as never, lines, { setup: 'actpass', direction: 'sendonly', trickle: true })
  t.match(later, /a=ice-options:trickle\r\n/)
  t.notMatch(later, /candidate/, 'nobody looks for us before we say where we are')
})

t.test('the request that hands over control is signed and says that we are controlled', async (t) => {
  const request = roleConflict(
    { theirUfrag: 'them', theirPassword: 'their password', ownUfrag: 'us' },
    Buffer.alloc(12, 3),
  )
  const found = new Map<number, { readonly at: number; readonly value: Buffer }>()
  for (let at = 20; at < request.length; ) {
    const length = request.readUInt16BE(at + 2)
    found.set(request.readUInt16BE(at), { at, value: request.subarray(at + 4, at + 4 + length) })
    at += 4 + Math.ceil(length / 4) * 4
  }
  t.equal(request.readUInt16BE(2), request.length - 20)
  t.equal(String(found.get(0x0006)?.value), 'them:us')
  t.equal(found.get(0x8029)?.value.readBigUInt64BE(), 0n, 'the smallest tie-breaker of all')
  // RFC 8489 §14.5: over all before it, with a length as if nothing followed.
  const integrity = found.get(0x0008)
  const signed = Buffer.from(request.subarray(0, integrity?.at))
  signed.writeUInt16BE((integrity?.at ?? 0) + 24 - 20, 2)
  t.same(integrity?.value, createHmac('sha1', 'their password').update(signed).digest())
  const print = found.get(0x8028)
  t.equal(print?.value.readUInt32BE(), (crc32(request.subarray(0, print?.at)) ^ 0x5354554e) >>> 0)
})
