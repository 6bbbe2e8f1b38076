import { createWorker, type types } from 'mediasoup'
import t from 'tap'
import { mediaCodecs } from '../../src/media/codecs.ts'
import { mayTarget } from '../../src/media/transports.ts'
import { until } from '../support/until.ts'
import { type Guest, testRooms, workerBin } from './test-rooms.ts'

const suite = 'AEAD_AES_256_GCM'
const key = { cryptoSuite: suite, keyBase64: Buffer.alloc(44, 7).toString('base64') }
const packets = 500

t.test(
  'two synthetic participants hear and see each other: every packet arrives once, in order, unchanged',
  async (t) => {
    await using house = await testRooms(t, { synthetic: true })
    const generator = await createWorker({ workerBin })
    t.teardown(() => generator.close())
    const router = await generator.createRouter({ mediaCodecs: [...mediaCodecs] })

    const guests = await Promise.all(['a', 'b'].map((name) => house.enter('synthetic-1', name, { role: 'operator' })))
    const [a, b] = await Promise.all(guests.map((guest) => synthesize(router, guest)))
    if (a === undefined || b === undefined) throw new Error('two were made')
    const streams = await Promise.all(
      [a, b].flatMap((from) =>
        (['audio', 'video'] as const).map((kind) => stream(router, from, from === a ? b : a, kind)),
      ),
    )
    t.match(house.rooms.stats(), { transports: 4, producers: 4, consumers: 4 })
    // Consumers start paused: until they are resumed nothing flows.
    for (const { resume } of streams) await resume()

    for (let sequence = 0; sequence < packets; sequence += 1) {
      for (const { send } of streams) send(sequence)
      // A little at a time: the generator's own sockets have the kernel's small default buffers.
      if (sequence % 10 === 9)
        await until(() => streams.every(({ received }) => received.length === sequence + 1), {
          what: `packet ${sequence} on all streams`,
          everyMs: 1,
        })
    }
    for (const { sent, received } of streams) t.strictSame(received, sent)
    t.comment(`${streams.length * packets} packets delivered`)

    const flows = await house.rooms.flows('synthetic-1')
    t.equal(flows.size, 2)
    for (const counted of flows.values()) {
      const seen = counted.map(({ way, kind, packets: count, lost }) => `${way} ${kind} ${count} ${lost}`).sort()
      t.same(
        seen,
        ['from', 'to'].flatMap((way) => ['audio', 'video'].map((kind) => `${way} ${kind} ${packets} 0`)),
        'the worker has counted what came and went',
      )
    }

    await house.rooms.leave('synthetic-1', 'a')
    t.match(house.rooms.stats(), { transports: 2, producers: 2 })
  },
)

t.test('synthetic participants are only in synthetic rooms, and only where a node allows them', async (t) => {
  await using open = await testRooms(t, { synthetic: true })
  await using closed = await testRooms(t)
  const table = [
    [await open.enter('jobseeker-1', 's'), 'a room of a person'],
    [await open.enter('my-synthetic-1', 's'), 'a name that only contains the word'],
    [await closed.enter('synthetic-1', 's'), 'a node that does not allow them'],
  ] as const
  for (const [{ participant }, what] of table)
    await t.rejects(participant.openSyntheticTransport('send'), { code: 'FORBIDDEN' }, what)
  const { participant } = await open.enter('synthetic-1', 's')
  const { id } = await participant.openSyntheticTransport('send')
  const { id: webRtc } = await participant.openTransport('receive')
  const peer = { ip: '127.0.0.1', port: 9, srtpParameters: key }
  await t.rejects(participant.connectSyntheticTransport(webRtc, peer), { code: 'BAD_REQUEST' })
  for (const srtpParameters of [{ ...key, cryptoSuite: 'NULL' }, { ...key, keyBase64: 'AAAA' }, {} as typeof key])
    await t.rejects(participant.connectSyntheticTransport(id, { ...peer, srtpParameters }), { code: 'BAD_REQUEST' })
  await t.rejects(participant.connectSyntheticTransport(id, { ...peer, ip: '192.0.2.1' }), { code: 'FORBIDDEN' })
  await participant.connectSyntheticTransport(id, peer)
  await t.rejects(participant.connectSyntheticTransport(id, peer), { code: 'CONFLICT' })
})

t.test('synthetic media goes to the caller’s own address and nowhere else', async (t) => {
  const table: [target: string, caller: string | undefined, allowed: boolean][] = [
    ['127.0.0.1', undefined, true],
    ['127.1.2.3', undefined, true],
    ['::1', undefined, true],
    ['192.0.2.7', undefined, false],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '::1', true],
    ['127.0.0.1', '::ffff:127.0.0.1', true],
    ['192.0.2.7', '127.0.0.1', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '::ffff:192.0.2.7', true],
    ['192.0.2.8', '192.0.2.7', false],
    ['127.0.0.1', '192.0.2.7', false],
    ['255.255.255.255', undefined, false],
    ['0.0.0.0', undefined, false],
    ['127.0.0.1.example.org', undefined, false],
    ['localhost', undefined, false],
    ['', undefined, false],
  ]
  for (const [target, caller, allowed] of table)
    t.equal(mayTarget(target, caller), allowed, `to ${target || 'nothing'} for ${caller ?? 'no address'}`)
})

interface Synthetic {
  readonly guest: Guest
  /** The generator's ends of the participant's two transports. */
  readonly out: types.PlainTransport
  readonly into: types.PlainTransport
  readonly sending: string
}

async function synthesize(router: types.Router, guest: Guest): Promise<Synthetic> {
  const connect = async (direction: 'send' | 'receive') => {
    const mine = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
      rtcpMux: true,
      comedia: false,
      enableSrtp: true,
      srtpCryptoSuite: suite,
    })
    const theirs = await guest.participant.openSyntheticTransport(direction)
    const { srtpParameters = key, tuple } = mine
    await mine.connect({
      ip: theirs.ip,
      port: theirs.port,
      srtpParameters: { ...theirs.srtpParameters, cryptoSuite: suite },
    })
    const peer = { ip: tuple.localAddress, port: tuple.localPort, srtpParameters }
    await guest.participant.connectSyntheticTransport(theirs.id, peer)
    return { mine, id: theirs.id }
  }
  const [sending, receiving] = [await connect('send'), await connect('receive')]
  return { guest, out: sending.mine, into: receiving.mine, sending: sending.id }
}

/** One track from one participant to the other, fed and read in this process. */
async function stream(router: types.Router, from: Synthetic, to: Synthetic, kind: types.MediaKind) {
  const direct = await router.createDirectTransport()
  const codec = mediaCodecs.find((each) => each.kind === kind)
  if (codec === undefined) throw new Error(`no codec for ${kind}`)
  const ssrc = kind === 'audio' ? 1_000 : 2_000
  const payloadType = kind === 'audio' ? 100 : 101
  const source = await direct.produce({
    kind,
    rtpParameters: { codecs: [{ ...codec, payloadType }], encodings: [{ ssrc }] },
  })
  const out = await from.out.consume({
    producerId: source.id,
    rtpCapabilities: router.rtpCapabilities as types.RtpCapabilities,
  })
  const producer = await from.guest.participant.produce({
    transport: from.sending,
    kind,
    source: kind === 'audio' ? 'microphone' : 'camera',
    rtpParameters: out.rtpParameters as Parameters<Guest['participant']['produce']>[0]['rtpParameters'],
  })
  const consumer = await to.guest.participant.consume(producer, to.guest.joined.rtpCapabilities)
  const arriving = await to.into.produce({ kind, rtpParameters: consumer.rtpParameters })
  const sink = await direct.consume({
    producerId: arriving.id,
    rtpCapabilities: router.rtpCapabilities as types.RtpCapabilities,
  })
  const sent: string[] = []
  const received: string[] = []
  sink.on('rtp', (packet) => received.push(payloadOf(packet)))
  return {
    sent,
    received,
    resume: () => to.guest.participant.setConsumerPaused(consumer.id, false),
    send(sequence: number) {
      const payload = kind === 'audio' ? opus(sequence) : keyFrame(sequence)
      sent.push(payload.toString('base64'))
      source.send(rtp({ payloadType, sequence, ssrc, timestamp: sequence * 960, payload }))
    },
  }
}

function rtp(header: {
  payloadType: number
  sequence: number
  ssrc: number
  timestamp: number
  payload: Buffer
}): Buffer {
  const fixed = Buffer.alloc(12)
  fixed.writeUInt8(0x80, 0)
  fixed.writeUInt8(0x80 | header.payloadType, 1)
  fixed.writeUInt16BE(header.sequence, 2)
  fixed.writeUInt32BE(header.timestamp, 4)
  fixed.writeUInt32BE(header.ssrc, 8)
  return Buffer.concat([fixed, header.payload])
}

function payloadOf(packet: Buffer): string {
  const csrcs = packet.readUInt8(0) & 0x0f
  const extended = (packet.readUInt8(0) & 0x10) !== 0
  const start = 12 + 4 * csrcs
  const from = extended ? start + 4 + 4 * packet.readUInt16BE(start + 2) : start
  return packet.subarray(from).toString('base64')
}

const opus = (n: number): Buffer => Buffer.from(`opus-shaped packet number ${n}`)

/** A VP8 key frame of 16 × 16 pixels as far as a forwarder looks: a consumer begins with nothing less. */
const keyFrame = (n: number): Buffer =>
  Buffer.concat([
    Buffer.from([0x10, 0x10, 0x00, 0x00, 0x9d, 0x01, 0x2a, 0x10, 0x00, 0x10, 0x00]),
    Buffer.from(`and number ${n}`),
  ])
