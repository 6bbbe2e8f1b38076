/**
 * What synthetic participants send: a few cameras with three layers each (camera.ts), and one microphone of 50 packets of 120
 * bytes a second. Made once, and fanned out to any number of participants by a worker of the generator.
 */
import type { types } from 'mediasoup'
import { Camera, layerCount } from './camera.ts'

/** One participant's share. */
export interface Offer {
  /** The microphone, and a camera. */
  readonly producers: readonly types.Producer[]
  /** What it asks to see of the others, 0 the smallest: most people look at a large picture. */
  readonly layer: number
}

export interface Source {
  /** For one more participant. */
  offer(): Offer
  /** Goes on where it stopped, without a gap in sequence numbers. */
  start(): void
  /** Nothing flows any more, but for a small picture every three seconds. */
  stop(): void
}

export interface SourceOptions {
  /** `largest`: cameras send that layer alone. */
  readonly layers?: 'all' | 'largest'
}

/** Packets a second of a microphone. */
export const soundRate = 50

const mediaCodecs: types.RouterRtpCodecCapability[] = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2, preferredPayloadType: 100 },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, preferredPayloadType: 101 },
]
const soundBytes = 120
/** A key frame that one participant asks for is sent by all who share its camera: so many of them share the load of it. */
const cameraCount = 8
const wanted = [2, 2, 2, 1, 2, 2, 2, 0] as const
const tickMs = 5

export async function openSource(
  worker: types.Worker,
  { layers = 'all' }: SourceOptions = {},
): Promise<{ router: types.Router; source: Source }> {
  const router = await worker.createRouter({ mediaCodecs })
  const direct = await router.createDirectTransport()
  const microphone = await direct.produce({
    kind: 'audio',
    rtpParameters: {
      codecs: [{ mimeType: 'audio/opus', clockRate: 48_000, channels: 2, payloadType: 100 }],
      encodings: [{ ssrc: soundSsrc }],
    },
  })
  const cameras = await Promise.all(Array.from({ length: cameraCount }, (_, n) => openCamera(direct, n, layers)))
  const bySsrc = new Map(cameras.flatMap(({ ssrcs, camera }) => ssrcs.map((ssrc) => [ssrc, camera] as const)))
  direct.on('rtcp', (packet) => {
    for (const ssrc of keyFramesAsked(packet)) bySsrc.get(ssrc)?.askKeyFrame()
  })

  let sounds = 0
  /** ms of sound made before the newest start. */
  let before = 0
  let startedAt: number | undefined
  let offered = 0
  const tick = () => {
    const now = performance.now()
    for (const { camera } of cameras) {
      if (startedAt === undefined) camera.standStill(now)
      else camera.play(now)
    }
    if (startedAt === undefined) return
    for (; sounds * 1_000 < (before + now - startedAt) * soundRate; sounds += 1) microphone.send(sound(sounds))
  }
  const timer = setInterval(tick, tickMs)
  router.observer.once('close', () => clearInterval(timer))
  const source: Source = {
    offer() {
      const n = offered
      offered += 1
      const producer = cameras[n % cameras.length]?.producer
      return {
        producers: producer === undefined ? [microphone] : [microphone, producer],
        layer: layers === 'largest' ? layerCount - 1 : (wanted[Math.floor(n / 2) % wanted.length] ?? 0),
      }
    },
    start() {
      startedAt = performance.now()
    },
    stop() {
      if (startedAt === undefined) return
      // What is due by now: of a short flow a late tick would be a part that shows.
      tick()
      before += performance.now() - startedAt
      startedAt = undefined
      tick()
    },
  }
  return { router, source }
}

const soundSsrc = 1_000

async function openCamera(direct: types.DirectTransport, n: number, layers: 'all' | 'largest') {
  const ssrcs = Array.from({ length: layers === 'all' ? layerCount : 1 }, (_, layer) => 2_000 + n * 10 + layer)
  const producer = await direct.produce({
    kind: 'video',
    rtpParameters: {
      codecs: [
        {
          ...{ mimeType: 'video/VP8', clockRate: 90_000, payloadType: 101 },
          rtcpFeedback: [{ type: 'nack', parameter: 'pli' }],
        },
      ],
      encodings: ssrcs.map((ssrc) => ({
        ssrc,
        // One alone is passed on as it is: asked for temporal layers of it, a worker forwards nothing of what was silent before.
        ...(layers === 'all' ? { scalabilityMode: 'L1T3' } : {}),
        // A worker waits longer before it takes one for gone that may fall silent.
        dtx: true,
      })),
    },
  })
  const send = (packet: Buffer) => producer.send(packet)
  return { ssrcs, producer, camera: new Camera({ payloadType: 101, ssrcs, send, offsetMs: (n * 40) / cameraCount }) }
}

/** RFC 3550 §5.1: twelve bytes of header, then the payload. */
function sound(sequence: number): Buffer {
  const packet = Buffer.alloc(12 + soundBytes, 1)
  packet.writeUInt8(0x80, 0)
  packet.writeUInt8(0x80 | 100, 1)
  packet.writeUInt16BE(sequence % 65_536, 2)
  packet.writeUInt32BE(((sequence * 48_000) / soundRate) % 4_294_967_296, 4)
  packet.writeUInt32BE(soundSsrc, 8)
  return packet
}

/** *Pure.* Of which streams a key frame is asked for: PLI and FIR (RFC 4585 §6.3.1, RFC 5104 §4.3.1) in a compound packet. */
export function keyFramesAsked(packet: Buffer): number[] {
  const asked: number[] = []
  for (let at = 0; at + 12 <= packet.length; at += (packet.readUInt16BE(at + 2) + 1) * 4) {
    const format = packet.readUInt8(at) & 0x1f
    if (packet.readUInt8(at + 1) !== 206) continue
    if (format === 1) asked.push(packet.readUInt32BE(at + 8))
    if (format === 4 && at + 16 <= packet.length) asked.push(packet.readUInt32BE(at + 12))
  }
  return asked
}
