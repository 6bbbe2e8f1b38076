/**
 * A synthetic participant: a session of its own, two SRTP transports to the server, sound and every layer of a camera out, and
 * of whatever the others in the room send one layer back in. No packet passes through JavaScript.
 */
import type { types } from 'mediasoup'
import type { EventFrame } from '../../src/protocol/index.ts'
import { openSocket, type Socket } from '../socket.ts'
import { withoutEstimation } from './capabilities.ts'
import type { Source } from './source.ts'

interface RemoteProducer {
  readonly id: string
  readonly kind: types.MediaKind
}

/** What leaves here, by the id of its producer at the server; and what arrives, by the same id. */
export interface Streams {
  readonly leaving: ReadonlyMap<string, types.Consumer>
  readonly arriving: ReadonlyMap<string, types.Producer>
  /** Which layer of pictures it asks for. */
  readonly layer: number
}

/** One person in a room, of whichever server. */
export interface Participant extends Streams {
  /** When the first video packet of somebody else arrived (ms, `performance.now`). */
  readonly firstVideoAt: Promise<number>
  /** Resolves when what was announced so far is being received. */
  readonly settled: Promise<unknown>
  /** Enters with everything a browser needs: transports, microphone and camera out, the others in. */
  enter(room: string): Promise<void>
  /** @param how by saying so, or by losing the connection: the server must clean up in both cases. */
  leave(how: 'politely' | 'by vanishing'): Promise<void>
  /** Loses every packet of a stream from now on. */
  sabotage(): Promise<void>
}

export interface GuestOptions {
  readonly url: string
  readonly token: string
  readonly router: types.Router
  readonly source: Source
}

/** What stands before anybody presses "join". */
interface Ready {
  readonly out: types.PlainTransport
  readonly into: types.PlainTransport
  readonly offered: readonly types.Consumer[]
  readonly layer: number
}

const suite = 'AEAD_AES_256_GCM'
/** As the server's: packets that wait for a generator that has no processor for a moment are not lost. */
const socketBufferBytes = 4 * 1024 * 1024
const listenInfo: types.TransportListenInfo = {
  ...{ protocol: 'udp', ip: '127.0.0.1' },
  ...{ sendBufferSize: socketBufferBytes, recvBufferSize: socketBufferBytes },
}

export class Guest implements Participant {
  readonly leaving = new Map<string, types.Consumer>()
  readonly arriving = new Map<string, types.Producer>()
  readonly layer: number
  readonly #session: Socket
  readonly #router: types.Router
  readonly #out: types.PlainTransport
  readonly #into: types.PlainTransport
  readonly #offered: readonly types.Consumer[]
  readonly #seen = Promise.withResolvers<number>()
  readonly #consumers: string[] = []
  #room = ''
  /** What was announced while entering, and whatever is being consumed. */
  readonly #waiting: RemoteProducer[] = []
  #entered = false
  #consuming: Promise<unknown> = Promise.resolve()

  constructor(session: Socket, router: types.Router, { out, into, offered, layer }: Ready) {
    this.#session = session
    this.#router = router
    this.#out = out
    this.#into = into
    this.#offered = offered
    this.layer = layer
    this.#seen.promise.catch(() => {})
    session.onEvent = (frame) => this.#onEvent(frame)
  }

  get firstVideoAt(): Promise<number> {
    return this.#seen.promise
  }

  get settled(): Promise<unknown> {
    return this.#consuming
  }

  async enter(room: string): Promise<void> {
    this.#room = room
    const call = (method: string, params: object) => this.#session.call(method, { room, ...params })
    const { producers } = (await call('room.join', {})) as { producers: RemoteProducer[] }
    const [sending] = await Promise.all([this.#connect(this.#out, 'send'), this.#connect(this.#into, 'receive')])
    this.#entered = true
    for (const producer of [...producers, ...this.#waiting.splice(0)]) this.#take(producer)
    await Promise.all(
      this.#offered.map(async (consumer) => {
        const { kind, rtpParameters } = consumer
        const source = kind === 'audio' ? 'microphone' : 'camera'
        const answer = await call('room.produce', { transport: sending, kind, source, rtpParameters })
        this.leaving.set((answer as { producer: string }).producer, consumer)
        await consumer.resume()
      }),
    )
    await this.#consuming
  }

  async leave(how: 'politely' | 'by vanishing'): Promise<void> {
    this.#entered = false
    this.#session.onEvent = () => {}
    if (how === 'politely') {
      if (this.#room !== '') await this.#session.call('room.leave', { room: this.#room })
      await this.#session.close()
    } else this.#session.vanish()
    this.#out.close()
    this.#into.close()
  }

  async sabotage(): Promise<void> {
    const [consumer] = this.#consumers
    await this.#session.call('room.setConsumerPaused', { room: this.#room, consumer, paused: true })
  }

  async #connect(own: types.PlainTransport, direction: 'send' | 'receive'): Promise<string> {
    const room = this.#room
    const { id, ...theirs } = (await this.#session.call('room.openSyntheticTransport', { room, direction })) as {
      id: string
      ip: string
      port: number
      srtpParameters: types.SrtpParameters
    }
    const { tuple, srtpParameters } = own
    const { localAddress: ip, localPort: port } = tuple
    const params = { room, transport: id, ip, port, srtpParameters }
    await Promise.all([own.connect(theirs), this.#session.call('room.connectSyntheticTransport', params)])
    return id
  }

  #onEvent({ event, data }: EventFrame): void {
    if (event !== 'room.producerOpened') return
    const { producer } = data as { producer: RemoteProducer }
    if (this.#entered) this.#take(producer)
    else this.#waiting.push(producer)
  }

  #take(producer: RemoteProducer): void {
    const consumed = this.#consume(producer)
    consumed.catch((error: unknown) => this.#seen.reject(error))
    this.#consuming = Promise.all([this.#consuming, consumed])
    this.#consuming.catch(() => {})
  }

  async #consume({ id: producer, kind }: RemoteProducer): Promise<void> {
    const room = this.#room
    const rtpCapabilities = withoutEstimation(this.#router.rtpCapabilities)
    const { id, rtpParameters } = (await this.#session.call('room.consume', { room, producer, rtpCapabilities })) as {
      id: string
      rtpParameters: types.RtpParameters
    }
    const arriving = await this.#into.produce({ kind, rtpParameters: asOneStream(rtpParameters) })
    this.arriving.set(producer, arriving)
    this.#consumers.push(id)
    const call = (method: string, params: object) => this.#session.call(method, { room, consumer: id, ...params })
    const layers = [...(rtpParameters.encodings ?? [])].some(({ scalabilityMode = '' }) =>
      /^L[23]/.test(scalabilityMode),
    )
    await Promise.all([
      kind === 'video' ? this.#watch(arriving) : undefined,
      layers ? call('room.setPreferredLayers', { spatialLayer: this.layer }) : undefined,
      call('room.setConsumerPaused', { paused: false }),
    ])
  }

  /** The worker tells of each packet until the first was seen. */
  async #watch(arriving: types.Producer): Promise<void> {
    arriving.once('trace', () => {
      this.#seen.resolve(performance.now())
      arriving.enableTraceEvent([]).catch(() => {})
    })
    await arriving.enableTraceEvent(['rtp'])
  }
}

/** Everything that a client would have before its person presses "join": a session, and transports and tracks of its own. */
export async function prepareGuest({ url, token, router, source }: GuestOptions): Promise<Guest> {
  const transport = () =>
    router.createPlainTransport({ listenInfo, rtcpMux: true, comedia: false, enableSrtp: true, srtpCryptoSuite: suite })
  const [session, out, into] = await Promise.all([openSocket(url, token), transport(), transport()])
  const rtpCapabilities = withoutEstimation(router.rtpCapabilities)
  const { producers, layer } = source.offer()
  const offered = await Promise.all(
    // As it is: every layer, as a browser sends them.
    producers.map(({ id: producerId }) => out.consume({ producerId, rtpCapabilities, paused: true, pipe: true })),
  )
  return new Guest(session, router, { out, into, offered, layer })
}

/** What arrives has one layer at a time. */
const asOneStream = ({ encodings = [], ...rest }: types.RtpParameters): types.RtpParameters => ({
  ...rest,
  encodings: encodings.flatMap(({ ssrc }) => (ssrc === undefined ? [] : [{ ssrc }])),
})
