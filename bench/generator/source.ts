/**
 * One video and one audio stream of the shape of a webcam talk: 110 video packets of 1,050 bytes a second (0.93 Mbit/s)
 * and 50 audio packets of 120 bytes. Every video packet is a VP8 key frame as far as a forwarder looks: with any other
 * payload mediasoup would count the packets, forward none, and look five times faster.
 */
import type { types } from 'mediasoup'

export interface Source {
  readonly producers: readonly types.Producer[]
  /** Goes on where it stopped, without a gap in sequence numbers. */
  start(): void
  stop(): void
}

/** Packets a second of one participant, audio and video. */
export const packetsPerSecond = 160

const mediaCodecs: types.RouterRtpCodecCapability[] = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2, preferredPayloadType: 100 },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, preferredPayloadType: 101 },
]

interface Shape {
  readonly kind: types.MediaKind
  readonly payloadType: number
  readonly ssrc: number
  readonly perSecond: number
  readonly clockRate: number
  readonly payload: Buffer
}

const keyFrame = Buffer.from([0x10, 0x10, 0x00, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01])
const shapes: readonly Shape[] = [
  { kind: 'audio', payloadType: 100, ssrc: 1_000, perSecond: 50, clockRate: 48_000, payload: Buffer.alloc(120, 1) },
  {
    kind: 'video',
    payloadType: 101,
    ssrc: 2_000,
    perSecond: 110,
    clockRate: 90_000,
    payload: Buffer.concat([keyFrame, Buffer.alloc(1_050 - keyFrame.length, 2)]),
  },
]
const tickMs = 5

export async function openSource(worker: types.Worker): Promise<{ router: types.Router; source: Source }> {
  const router = await worker.createRouter({ mediaCodecs })
  const direct = await router.createDirectTransport()
  const producers = await Promise.all(
    shapes.map(({ kind, payloadType, ssrc }) => {
      const codec = mediaCodecs.find((each) => each.kind === kind)
      if (codec === undefined) throw new Error(`no codec for ${kind}`)
      const { preferredPayloadType: _, ...rest } = codec
      return direct.produce({ kind, rtpParameters: { codecs: [{ ...rest, payloadType }], encodings: [{ ssrc }] } })
    }),
  )
  const counts = shapes.map(() => 0)
  /** Seconds of media made before the newest start. */
  let before = 0
  let startedAt = 0
  let timer: NodeJS.Timeout | undefined
  const played = () => before + (performance.now() - startedAt) / 1_000
  const tick = () => {
    for (const [n, shape] of shapes.entries()) {
      for (; (counts[n] ?? 0) < played() * shape.perSecond; counts[n] = (counts[n] ?? 0) + 1) {
        producers[n]?.send(packet(shape, counts[n] ?? 0))
      }
    }
  }
  const source: Source = {
    producers,
    start() {
      startedAt = performance.now()
      timer = setInterval(tick, tickMs)
    },
    stop() {
      clearInterval(timer)
      // What is due by now: of a short flow a late tick would be a part that shows.
      tick()
      before = played()
    },
  }
  return { router, source }
}

/** RFC 3550 §5.1: twelve bytes of header, then the payload. */
function packet({ payloadType, ssrc, clockRate, perSecond, payload }: Shape, sequence: number): Buffer {
  const header = Buffer.alloc(12)
  header.writeUInt8(0x80, 0)
  header.writeUInt8(0x80 | payloadType, 1)
  header.writeUInt16BE(sequence % 65_536, 2)
  header.writeUInt32BE(Math.round((sequence * clockRate) / perSecond) % 4_294_967_296, 4)
  header.writeUInt32BE(ssrc, 8)
  return Buffer.concat([header, payload])
}
