import t from 'tap'
import { Camera, layerCount, packetRate, type Recording, recorded } from '../../bench/generator/camera.ts'
import { keyFramesAsked } from '../../bench/generator/source.ts'
import { packetsOf } from '../../bench/generator/vp8.ts'

interface Packet {
  readonly ssrc: number
  readonly sequence: number
  readonly timestamp: number
  readonly last: boolean
  readonly first: boolean
  readonly key: boolean
  readonly pictureId: number
  readonly temporalLayer: number
}

const read = (packet: Buffer): Packet => ({
  ssrc: packet.readUInt32BE(8),
  sequence: packet.readUInt16BE(2),
  timestamp: packet.readUInt32BE(4),
  last: (packet.readUInt8(1) & 0x80) !== 0,
  first: (packet.readUInt8(12) & 0x10) !== 0,
  key: (packet.readUInt8(12) & 0x10) !== 0 && (packet.readUInt8(18) & 1) === 0,
  pictureId: packet.readUInt16BE(14) & 0x7fff,
  temporalLayer: packet.readUInt8(17) >> 6,
})

const small: Recording = {
  framesPerSecond: 25,
  layers: [
    { width: 320, height: 180, bytes: [3_000, 200, 300, 200] },
    { width: 640, height: 360, bytes: [9_000, 900, 1_300, 900] },
  ],
}

function camera() {
  const sent: Packet[] = []
  const made = new Camera({
    ...{ payloadType: 101, ssrcs: [1, 2], offsetMs: 0, recording: small },
    send: (packet) => void sent.push(read(packet)),
  })
  return { made, of: (ssrc: number) => sent.filter((packet) => packet.ssrc === ssrc) }
}

t.test('a picture is cut into packets that a forwarder can read', async (t) => {
  const place = { payloadType: 101, ssrc: 7, sequence: 65_535, timestamp: 2 ** 32 + 5, pictureId: 32_768 + 3 }
  const kind = { width: 1280, height: 720, temporalLayer: 2, layerSync: true }
  const packets = packetsOf({ ...kind, bytes: 2_500, key: true }, { ...place, tl0Index: 256 + 9, keyIndex: 33 })
  t.same(
    packets.map((packet) => packet.length - 18),
    [834, 833, 833],
  )
  t.same(packets.map(read), [
    ...[
      { ssrc: 7, sequence: 65_535, timestamp: 5, last: false, first: true, key: true, pictureId: 3, temporalLayer: 2 },
    ],
    ...[{ ssrc: 7, sequence: 0, timestamp: 5, last: false, first: false, key: false, pictureId: 3, temporalLayer: 2 }],
    ...[{ ssrc: 7, sequence: 1, timestamp: 5, last: true, first: false, key: false, pictureId: 3, temporalLayer: 2 }],
  ])
  t.equal(packets[0]?.subarray(12, 28).toString('hex'), 'b0f0800309a11055559d012a0005d002')
})

t.test('layers play together, over and over, without a gap in sequence numbers', async (t) => {
  const { made, of } = camera()
  for (let ms = 0; ms <= 1_000; ms += 5) made.play(ms)
  made.standStill(1_000)
  for (const [ssrc, pictures] of [
    [1, 26],
    [2, 26],
  ] as const) {
    const packets = of(ssrc)
    t.same(
      packets.map(({ sequence }) => sequence),
      packets.map((_, n) => n),
    )
    t.equal(packets.filter(({ last }) => last).length, pictures)
    t.same([...new Set(packets.map(({ timestamp }) => timestamp))].slice(0, 3), [0, 3_600, 7_200])
  }
  t.same(
    of(1)
      .filter(({ first }) => first)
      .slice(0, 6)
      .map(({ temporalLayer }) => temporalLayer),
    [0, 2, 1, 2, 0, 2],
  )
  t.equal(of(2).filter(({ key }) => key).length, 7, 'one at each beginning')
})

t.test('a key frame comes when it is asked for, and not ever more often', async (t) => {
  const { made, of } = camera()
  const keys = () => of(1).flatMap(({ key, timestamp }) => (key ? [timestamp / 90] : []))
  made.play(0)
  made.play(40)
  for (let n = 0; n < 5; n += 1) made.askKeyFrame()
  made.play(80)
  t.same(keys(), [0], 'the last one is not long ago')
  for (let ms = 85; ms <= 330; ms += 5) made.play(ms)
  t.same(keys(), [0, 160, 320], 'at the beginning of the recording, and as soon as there may be another')
})

t.test('while nothing flows there is a small picture now and then, and a key frame for whoever asks', async (t) => {
  const { made, of } = camera()
  for (let ms = 0; ms <= 100; ms += 5) made.play(ms)
  made.standStill(100)
  t.ok(of(2).at(-1)?.last, 'no picture is left half-way')
  const before = of(2).length
  for (let ms = 105; ms < 3_000; ms += 5) made.standStill(ms)
  t.equal(of(2).length, before)
  for (let ms = 3_000; ms < 5_000; ms += 5) made.standStill(ms)
  t.equal(of(2).length, before + 1)
  made.askKeyFrame()
  made.standStill(5_000)
  t.ok(of(2).at(-1)?.last && of(2).filter(({ key }) => key).length === 2)
  t.same(
    of(2).map(({ sequence }) => sequence),
    of(2).map((_, n) => n),
  )
})

t.test('what is played is what a webcam sends: three sizes, at the rates that the SDK asks for', async (t) => {
  t.equal(layerCount, 3)
  for (const [n, [width, kbps]] of (
    [
      [320, 150],
      [640, 500],
      [1280, 1_500],
    ] as const
  ).entries()) {
    const { bytes = [], width: played } = recorded.layers[n] ?? {}
    t.equal(played, width)
    t.equal(bytes.length % 4, 0, 'whole patterns of temporal layers')
    const made = (bytes.reduce((sum, each) => sum + each, 0) * 8 * recorded.framesPerSecond) / bytes.length / 1_000
    t.ok(made > kbps * 0.7 && made < kbps * 1.3, `${width} px: ${Math.round(made)} kbit/s`)
    t.ok(Math.max(...bytes) === bytes[0], 'the key frame is the largest')
  }
  t.ok(packetRate(2) > 2 * packetRate(1) && packetRate(1) > packetRate(0))
})

t.test('requests for key frames are read from what receivers send', async (t) => {
  const report = Buffer.from('80c9000100000001', 'hex')
  const pli = Buffer.from('81ce000200000001000007d1', 'hex')
  const fir = Buffer.from('84ce00040000000100000000000007d20a000000', 'hex')
  t.same(keyFramesAsked(Buffer.concat([report, pli, fir])), [2_001, 2_002])
  t.same(keyFramesAsked(report), [])
  t.same(keyFramesAsked(pli.subarray(0, 6)), [])
})
