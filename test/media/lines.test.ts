/** Who speaks, whose screen is shown, and what becomes of a line that does not carry pictures, on a real worker. */
import { createWorker, observer, type types } from 'mediasoup'
import t from 'tap'
import { mediaCodecs } from '../../src/media/codecs.ts'
import { firstLayers, Receiving } from '../../src/media/receiving.ts'
import { Speaker } from '../../src/media/speaker.ts'
import { until } from '../support/until.ts'
import { camera, microphone, testRooms, workerBin } from './test-rooms.ts'

t.test(
  'one screen at a time: of two at once one is refused, and it is free when its owner ends it or leaves',
  async (t) => {
    await using house = await testRooms(t)
    const [anne, bob] = [await house.enter('r', 'anne'), await house.enter('r', 'bob')]
    const share = async ({ participant }: typeof anne) => {
      const { id: transport } = await participant.openTransport('send')
      return participant.produce({ transport, kind: 'video', source: 'screen', rtpParameters: camera() })
    }
    const both = await Promise.allSettled([share(anne), share(bob)])
    t.same(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    const refused = both.find((one) => one.status === 'rejected')
    t.match(refused?.reason, { code: 'CONFLICT', details: { reason: 'screen-taken' } })
    const [owner, other] = both[0]?.status === 'fulfilled' ? [anne, bob] : [bob, anne]
    t.match(other.told.at(-1), {
      event: 'room.producerOpened',
      data: { producer: { source: 'screen', participant: owner.participant.id } },
    })
    const again = await share(owner)
    t.equal(owner.participant.producers.length, 1, 'one’s own screen may be replaced')
    await t.rejects(share(other), { code: 'CONFLICT', details: { participant: owner.participant.id } })
    owner.participant.closeProducer(again)
    await share(other)
    await t.rejects(share(owner), { code: 'CONFLICT' })
    await house.rooms.leave('r', other.session)
    await share(owner)
  },
)

t.test('a screen that the worker refuses keeps nobody else from showing theirs', async (t) => {
  await using house = await testRooms(t)
  const [anne, bob] = [await house.enter('r', 'anne'), await house.enter('r', 'bob')]
  const { id: transport } = await anne.participant.openTransport('send')
  const wrong = { ...camera(), codecs: [{ mimeType: 'video/VP9', payloadType: 98, clockRate: 90_000 }] }
  const screen = { kind: 'video', source: 'screen' } as const
  await t.rejects(anne.participant.produce({ transport, ...screen, rtpParameters: wrong }), { code: 'UNSUPPORTED' })
  const { id } = await bob.participant.openTransport('send')
  await bob.participant.produce({ transport: id, ...screen, rtpParameters: camera() })
  await t.rejects(
    anne.participant.produce({ transport, kind: 'audio', source: 'screen', rtpParameters: microphone() }),
    {
      code: 'BAD_REQUEST',
    },
  )
})

t.test('a speaker is heard in rooms of three and more, and nobody is listened to in a talk of two', async (t) => {
  const worker = await createWorker({ workerBin })
  t.teardown(() => worker.close())
  const router = await worker.createRouter({ mediaCodecs: [...mediaCodecs] })
  const direct = await router.createDirectTransport()
  const level = { uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: 1 } as const
  const microphoneOf = async (ssrc: number) => {
    const codec = { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }
    return direct.produce({
      kind: 'audio',
      rtpParameters: { codecs: [codec], headerExtensions: [level], encodings: [{ ssrc }] },
    })
  }
  const producers = await Promise.all([1, 2, 3].map(microphoneOf))
  const ids = producers.map(({ id }) => id)
  const heard: string[] = []
  const speaker = new Speaker({ router, onSpeaker: (producer) => heard.push(producer) })
  await speaker.follow(2, ids.slice(0, 2))
  t.notOk(speaker.listening)
  await Promise.all([speaker.follow(3, ids.slice(0, 2)), speaker.follow(3, ids)])
  t.ok(speaker.listening)
  let sequence = 0
  const speak = (loud: number) => {
    sequence += 1
    for (const [n, producer] of producers.entries())
      producer.send(spoken(n + 1, sequence, n === loud ? 10 + (sequence % 20) : 127))
  }
  for (const loud of [0, 2]) {
    await until(
      () => {
        speak(loud)
        return heard.at(-1) === ids[loud]
      },
      { what: `microphone ${loud} to be the speaker`, everyMs: 20, timeoutMs: 20_000 },
    )
  }
  await speaker.follow(2, ids.slice(0, 2))
  t.notOk(speaker.listening)
  worker.close()
  await speaker.follow(3, ids)
})

/** An Opus packet with its level: 0 is the loudest, 127 silence. A level that never changes is taken for noise. */
function spoken(ssrc: number, sequence: number, level: number): Buffer {
  const packet = Buffer.alloc(24)
  packet.writeUInt8(0x90, 0)
  packet.writeUInt8(111, 1)
  packet.writeUInt16BE(sequence, 2)
  packet.writeUInt32BE(sequence * 960, 4)
  packet.writeUInt32BE(ssrc, 8)
  // RFC 8285: one byte for the id and the length, one for the level with the mark of a voice.
  packet.writeUInt16BE(0xbede, 12)
  packet.writeUInt16BE(1, 14)
  packet.writeUInt8(0x10, 16)
  packet.writeUInt8(level < 127 ? 0x80 | level : level, 17)
  packet.write('opus', 20)
  return packet
}

t.test('while pictures are held back, what is asked meanwhile counts afterwards; sound is never touched', async (t) => {
  const worker = await createWorker({ workerBin })
  t.teardown(() => worker.close())
  const router = await worker.createRouter({ mediaCodecs: [...mediaCodecs] })
  const direct = await router.createDirectTransport()
  const listenInfo = { protocol: 'udp', ip: '127.0.0.1' } as const
  const webRtcServer = await worker.createWebRtcServer({ listenInfos: [listenInfo] })
  const sending = await router.createWebRtcTransport({ webRtcServer })
  const receiving = await router.createWebRtcTransport({ webRtcServer })
  t.teardown(() => direct.close())
  const produce = (kind: types.MediaKind) =>
    sending.produce({ kind, rtpParameters: (kind === 'audio' ? microphone() : camera()) as types.RtpParameters })
  const consume = ({ id: producerId }: types.Producer) =>
    receiving.consume({ producerId, rtpCapabilities: router.rtpCapabilities as types.RtpCapabilities, paused: true })
  const [sound, picture] = [await consume(await produce('audio')), await consume(await produce('video'))]
  const received = new Receiving()
  received.add(sound)
  received.add(picture)
  const paused = () => [sound.paused, picture.paused]
  t.same(paused(), [true, true], 'both start paused')

  await received.setPictures('none')
  for (const { id } of [sound, picture]) await received.setPaused(id, false)
  await received.setLayers(picture.id, { spatialLayer: 1, temporalLayer: 1 })
  t.same(paused(), [false, true])
  await received.setPictures('smallest')
  t.same(paused(), [false, false])
  t.match(picture.preferredLayers, { spatialLayer: 0, temporalLayer: 0 })
  await received.setLayers(picture.id, { spatialLayer: 2 })
  t.match(picture.preferredLayers, { spatialLayer: 0 }, 'a trial is one with the smallest, whatever is asked')
  await received.setPictures('all')
  t.match(picture.preferredLayers, firstLayers, 'nothing was seen of it yet')
  await received.setPaused(picture.id, true)
  await received.setPictures('none')
  await received.setPictures('all')
  t.same(paused(), [false, true], 'what its owner has paused stays so')
  picture.close()
  t.equal(received.size, 1)
  await t.rejects(received.setPaused(picture.id, false), { code: 'GONE' })
})

t.test('a picture begins with the smallest, and grows to what is asked once it is seen', async (t) => {
  const worker = await createWorker({ workerBin })
  t.teardown(() => worker.close())
  const router = await worker.createRouter({ mediaCodecs: [...mediaCodecs] })
  const direct = await router.createDirectTransport()
  const ssrcs = [1, 2, 3]
  const producer = await direct.produce({
    kind: 'video',
    rtpParameters: {
      codecs: [{ mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 }],
      encodings: ssrcs.map((ssrc) => ({ ssrc, scalabilityMode: 'L1T3' })),
    },
  })
  let sequence = 0
  const send = () => {
    sequence += 1
    // As browsers often do: the largest first.
    for (const ssrc of ssrcs.toReversed()) producer.send(keyFrame(ssrc, sequence))
  }
  // A worker that knows of one alone sends that one.
  send()
  await until(async () => (await producer.getStats()).length === ssrcs.length, { what: 'all three' })
  const into = await router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: '127.0.0.1' }, comedia: false })
  await into.connect({ ip: '127.0.0.1', port: into.tuple.localPort })
  const consume = () =>
    into.consume({
      producerId: producer.id,
      rtpCapabilities: router.rtpCapabilities as types.RtpCapabilities,
      preferredLayers: firstLayers,
    })
  const picture = await consume()
  const received = new Receiving()
  received.add(picture)
  await received.setLayers(picture.id, { spatialLayer: 1 })
  t.match(picture.preferredLayers, { spatialLayer: 0 }, 'whatever is asked')

  const seen: (types.ConsumerLayers | undefined)[] = []
  picture.on('layerschange', (layers) => void seen.push(layers))
  await until(
    () => {
      send()
      return seen.length > 0
    },
    { what: 'the first picture', everyMs: 20 },
  )
  t.match(seen[0], { spatialLayer: 0 })
  await until(() => picture.preferredLayers?.spatialLayer === 1, { what: 'the one that was asked for' })

  const brief = await consume()
  received.add(brief)
  t.ok(picture.closed, 'one of each')
  await until(
    () => {
      send()
      return brief.currentLayers !== undefined
    },
    { what: 'the first picture of another', everyMs: 20 },
  )
  await until(() => brief.preferredLayers?.spatialLayer === 2, { what: 'all there is, where nobody said' })
})

/** A packet that is a whole key frame, as far as a worker looks at it. */
function keyFrame(ssrc: number, sequence: number): Buffer {
  const packet = Buffer.alloc(32)
  // With the mark of a frame's last packet.
  packet.writeUInt16BE(0x80e0, 0)
  packet.writeUInt16BE(sequence, 2)
  packet.writeUInt32BE(sequence * 3_000, 4)
  packet.writeUInt32BE(ssrc, 8)
  // RFC 7741: the start of the first partition, and a frame that needs no other.
  packet.writeUInt8(0x10, 12)
  return packet
}

t.test('a participant whose sending is held sends no pictures onward, and the others see why', async (t) => {
  const transports: types.WebRtcTransport[] = []
  observer.on('newworker', (worker) =>
    worker.observer.on('newrouter', (router) =>
      router.observer.on('newtransport', (one) => void transports.push(one as types.WebRtcTransport)),
    ),
  )
  await using house = await testRooms(t)
  const [anne, bob] = [await house.enter('r', 'anne'), await house.enter('r', 'bob')]
  const { id: transport } = await anne.participant.openTransport('send')
  const picture = await anne.participant.produce({
    ...{ transport, kind: 'video', source: 'camera', rtpParameters: camera() },
  })
  const line = transports.find(({ id }) => id === transport)
  if (line === undefined) throw new Error('the transport was seen')
  // What a worker tells of a line that loses a third: nothing is lost on the way to a worker of this machine.
  const stats = line.getStats.bind(line)
  let loss = 0.33
  line.getStats = async () => (await stats()).map((one) => ({ ...one, rtpPacketLossReceived: loss }))
  let now = performance.now()
  /** Looks second by second until something is so. */
  const lookUntil = (condition: () => boolean, what: string) =>
    until(
      async () => {
        now += 1_000
        await anne.participant.look(now)
        return condition()
      },
      { what, everyMs: 1 },
    )
  const state = () => anne.participant.producers.find(({ id }) => id === picture)
  const told = (held: boolean) =>
    bob.told.some(({ event, data }) => event === 'room.producerChanged' && 'held' in data && data.held === held)
  await lookUntil(() => told(true), 'a hold')
  t.match(anne.told.at(-1), { event: 'room.videoHeld', data: { sending: true, receiving: false } })
  t.match(state(), { paused: true, held: true })
  t.equal(anne.participant.quality.sending, 'poor')
  await anne.participant.setProducerPaused(picture, false)
  t.match(state(), { paused: true, held: true }, 'asking does not end it')

  loss = 0
  await lookUntil(() => told(false), 'the end of the hold')
  t.match(state(), { paused: false, held: false })
  await lookUntil(() => anne.participant.quality.sending === 'good', 'a good line')
  await until(
    () => {
      const news = bob.told.findLast(({ event }) => event === 'room.qualityChanged')?.data
      if (news === undefined || !('lines' in news)) return false
      return news.lines.some(({ participant, sending }) => participant === anne.participant.id && sending === 'good')
    },
    { what: 'the news of a good line' },
  )
})
