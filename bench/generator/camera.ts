/**
 * A camera that plays what a real encoder made: three sizes of one picture at once, in three temporal layers each. It begins
 * anew with a key frame whenever whoever receives it asks for one, as cameras do.
 */
import recording from './camera-recording.json' with { type: 'json' }
import { type Picture, packetCount, packetsOf } from './vp8.ts'

/** Recorded by bench/record-camera.ts. */
export interface Recording {
  readonly framesPerSecond: number
  /** The smallest first. */
  readonly layers: readonly {
    readonly width: number
    readonly height: number
    /** Of each picture; the first one is the key frame. */
    readonly bytes: readonly number[]
  }[]
}

export const recorded: Recording = recording
export const layerCount = recorded.layers.length

/** Of which temporal layer pictures are, over and over, and whether they need the lowest one alone (L1T3). */
const pattern = [
  { temporalLayer: 0, layerSync: false },
  { temporalLayer: 2, layerSync: true },
  { temporalLayer: 1, layerSync: true },
  { temporalLayer: 2, layerSync: false },
] as const

/** Packets of a picture go out over so much of the time until the next one: browsers pace them, too. */
const paced = 0.6
/** More often nobody gets a key frame: encoders have such a limit as well. */
const keyEveryMs = 300
/** While nothing is to flow: a worker puts away what was silent for five seconds, and would have to find its layers again. */
const stillEveryMs = 3_000
const stillBytes = 60

/** Packets a second of one layer. */
export function packetRate(layer: number, { framesPerSecond, layers }: Recording = recorded): number {
  const { bytes = [] } = layers[layer] ?? {}
  const packets = bytes.reduce((sum, each) => sum + packetCount({ bytes: each }), 0)
  return (packets * framesPerSecond) / bytes.length
}

export interface CameraOptions {
  readonly payloadType: number
  /** One for each layer, the smallest first; fewer leave out the smaller ones. */
  readonly ssrcs: readonly number[]
  readonly send: (packet: Buffer) => void
  /** How much later than others it takes its pictures (ms). */
  readonly offsetMs: number
  readonly recording?: Recording
}

interface Layer {
  readonly ssrc: number
  readonly width: number
  readonly height: number
  readonly bytes: readonly number[]
  sequence: number
}

export class Camera {
  readonly #options: CameraOptions
  readonly #frameMs: number
  readonly #layers: Layer[]
  /** Of the picture on its way, with the moment each is due (ms). */
  #packets: { readonly at: number; readonly packet: Buffer }[] = []
  /** When the next picture is due (ms). */
  #nextAt = 0
  #still = true
  /** Pictures taken so far, those of the lowest temporal layer among them, and key frames. */
  #taken = 0
  #tl0 = 0
  #keys = 0
  /** Of the recording, the next one. */
  #next = 0
  #keyWanted = false
  #keyAtMs = Number.NEGATIVE_INFINITY

  constructor(options: CameraOptions) {
    const { ssrcs, recording = recorded } = options
    this.#options = options
    this.#frameMs = 1_000 / recording.framesPerSecond
    this.#layers = recording.layers
      .slice(-ssrcs.length)
      .map((layer, n) => ({ ...layer, ssrc: ssrcs[n] ?? 0, sequence: 0 }))
  }

  /** Sends what is due at this moment (ms since some beginning). */
  play(ms: number): void {
    if (this.#still) this.#nextAt = ms + this.#options.offsetMs
    this.#still = false
    for (; this.#nextAt <= ms; this.#nextAt += this.#frameMs) this.#film(this.#nextAt)
    this.#send(ms)
  }

  /** The same while nothing is to flow: the picture on its way goes to its end, and now and then there is a small one. */
  standStill(ms: number): void {
    this.#send(Number.POSITIVE_INFINITY)
    if (!this.#still) this.#nextAt = nextStill(ms)
    this.#still = true
    if (this.#nextAt > ms && !this.#mayKey(ms)) return
    if (this.#mayKey(ms)) this.#begin(ms)
    else this.#take({ key: false, temporalLayer: 0, layerSync: false }, ms, () => stillBytes)
    this.#send(Number.POSITIVE_INFINITY)
    this.#nextAt = nextStill(ms)
  }

  askKeyFrame(): void {
    this.#keyWanted = true
  }

  #mayKey(ms: number): boolean {
    return this.#keyWanted && ms - this.#keyAtMs >= keyEveryMs
  }

  #send(ms: number): void {
    const due = this.#packets.findIndex(({ at }) => at > ms)
    const sent = this.#packets.splice(0, due === -1 ? this.#packets.length : due)
    for (const { packet } of sent) this.#options.send(packet)
  }

  /** The next picture of the recording, or its first one again. */
  #film(at: number): void {
    this.#send(Number.POSITIVE_INFINITY)
    const length = this.#layers[0]?.bytes.length ?? 1
    if (this.#next === 0 || this.#next >= length || this.#mayKey(at)) {
      this.#begin(at)
      return
    }
    const n = this.#next
    this.#take({ key: false, ...(pattern[n % pattern.length] ?? pattern[0]) }, at, ({ bytes }) => bytes[n] ?? 0)
    this.#next += 1
  }

  #begin(at: number): void {
    this.#keyWanted = false
    this.#keyAtMs = at
    this.#keys += 1
    this.#take({ key: true, ...pattern[0] }, at, ({ bytes }) => bytes[0] ?? 0)
    this.#next = 1
  }

  #take(kind: Kind, at: number, bytesOf: (layer: Layer) => number): void {
    if (kind.temporalLayer === 0) this.#tl0 += 1
    for (const layer of this.#layers) this.#packetize(layer, { ...kind, bytes: bytesOf(layer) }, at)
    this.#packets.sort((a, b) => a.at - b.at)
    this.#taken += 1
  }

  #packetize(layer: Layer, picture: Omit<Picture, 'width' | 'height'>, at: number): void {
    const { ssrc, sequence, width, height } = layer
    const packets = packetsOf(
      { ...picture, width, height },
      {
        ...{ payloadType: this.#options.payloadType, ssrc, sequence },
        timestamp: Math.round((at * 90_000) / 1_000),
        ...{ pictureId: this.#taken, tl0Index: this.#tl0, keyIndex: this.#keys },
      },
    )
    layer.sequence = (sequence + packets.length) % 65_536
    const everyMs = (this.#frameMs * paced) / packets.length
    this.#packets.push(...packets.map((packet, n) => ({ at: at + n * everyMs, packet })))
  }
}

/** All cameras at once, so that there is quiet in between. */
const nextStill = (ms: number): number => (Math.floor(ms / stillEveryMs) + 1) * stillEveryMs

type Kind = Pick<Picture, 'key' | 'temporalLayer' | 'layerSync'>
