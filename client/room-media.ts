/** The media of one join: a mediasoup device with its transports, producers and consumers. A rejoin makes a new one. */
import { Device, type types } from 'mediasoup-client'
import { VisavisError } from '../src/protocol/errors.ts'
import type { Participant, ProducerInfo, ResultOf, Source } from '../src/protocol/index.ts'
import { encodingsOf, microphoneOptions } from './encodings.ts'
import type { Line } from './room-line.ts'

/** A short loss of packets heals by itself. */
const disconnectedForMs = 1_500
/** Time for an ICE restart before the room is joined anew. */
const restartForMs = 5_000

export interface RoomMediaOptions {
  readonly connection: Pick<Line, 'call'>
  readonly room: string
  readonly joined: ResultOf<'room.join'>
  readonly local: MediaStream | undefined
  readonly isPaused: (source: Source) => boolean
  readonly onChange: () => void
  /** The media cannot be saved: join again. */
  readonly onBroken: (reason: string) => void
}

/** Another participant as it is seen and heard here. */
export interface Remote {
  readonly participant: Participant
  /** Changes its tracks as they come and go; the object stays the same for one participant. */
  readonly stream: MediaStream
  /** What the participant sends. A paused source is muted by its owner. */
  readonly sources: ReadonlyMap<Source, { readonly paused: boolean }>
}

interface Received {
  readonly info: ProducerInfo
  readonly consumer?: types.Consumer
  /** The server was told to send. */
  readonly flowing?: boolean
}

type Direction = 'send' | 'receive'

export class RoomMedia {
  readonly #options: RoomMediaOptions
  readonly #participants = new Map<string, { readonly participant: Participant; readonly stream: MediaStream }>()
  readonly #received = new Map<string, Received>()
  readonly #sent = new Map<Source, types.Producer>()
  readonly #transports = new Map<Direction, types.Transport>()
  readonly #timers = new Map<Direction, ReturnType<typeof setTimeout>>()
  #device: Device | undefined
  #closed = false

  constructor(options: RoomMediaOptions) {
    this.#options = options
    for (const participant of options.joined.participants) this.participantJoined(participant)
    for (const info of options.joined.producers) this.#received.set(info.id, { info })
  }

  get remotes(): Remote[] {
    return [...this.#participants.values()].map(({ participant, stream }) => {
      const infos = [...this.#received.values()]
        .map(({ info }) => info)
        .filter((info) => info.participant === participant.id)
      return { participant, stream, sources: new Map(infos.map(({ source, paused }) => [source, { paused }])) }
    })
  }

  /** @throws VisavisError; UNSUPPORTED when this browser has no WebRTC that mediasoup knows. */
  async open(): Promise<void> {
    const { joined } = this.#options
    const device = await Device.factory().catch((cause: unknown) => {
      throw new VisavisError('UNSUPPORTED', 'this browser cannot take part in a webcam talk', { cause })
    })
    await device.load({ routerRtpCapabilities: joined.rtpCapabilities })
    await Promise.all([this.#openTransport(device, 'send'), this.#openTransport(device, 'receive')])
    if (this.#closed) return
    this.#device = device
    const consuming = [...this.#received.values()].map((received) => this.#consume(received))
    await this.#produce()
    await Promise.all(consuming)
  }

  /** What has changed while there was no connection to be told over. */
  resumed({ participants, producers, sent }: ResultOf<'room.resume'>): void {
    const here = new Set(participants.map(({ id }) => id))
    for (const id of [...this.#participants.keys()]) if (!here.has(id)) this.participantLeft(id)
    for (const participant of participants)
      if (!this.#participants.has(participant.id)) this.participantJoined(participant)
    const open = new Set(producers.map(({ id }) => id))
    for (const id of [...this.#received.keys()]) if (!open.has(id)) this.producerClosed(id)
    for (const info of producers) {
      this.producerChanged(info.id, info.paused)
      // Also one whose request was lost half-way: asking again replaces what it left behind.
      if (this.#received.get(info.id)?.flowing !== true) this.producerOpened(info)
    }
    for (const [source, { id }] of this.#sent) {
      const known = sent.find((info) => info.id === id)
      if (known === undefined) {
        this.#options.onBroken('the node has lost what is sent')
        return
      }
      const paused = this.#options.isPaused(source)
      if (known.paused !== paused) void this.setPaused(source, paused).catch(() => {})
    }
  }

  participantJoined(participant: Participant): void {
    this.#participants.set(participant.id, { participant, stream: new MediaStream() })
  }

  participantLeft(id: string): void {
    this.#participants.delete(id)
    for (const { info } of [...this.#received.values()]) if (info.participant === id) this.producerClosed(info.id)
  }

  producerOpened(info: ProducerInfo): void {
    this.producerClosed(info.id)
    const received: Received = { info }
    this.#received.set(info.id, received)
    // Until the transports are open it waits with the others.
    if (this.#device !== undefined) void this.#consume(received)
  }

  producerChanged(id: string, paused: boolean): void {
    const received = this.#received.get(id)
    if (received !== undefined) this.#received.set(id, { ...received, info: { ...received.info, paused } })
  }

  producerClosed(id: string): void {
    const received = this.#received.get(id)
    this.#received.delete(id)
    const consumer = received?.consumer
    if (received === undefined || consumer === undefined) return
    this.#participants.get(received.info.participant)?.stream.removeTrack(consumer.track)
    consumer.close()
  }

  /** At the server, so that a muted microphone sends nothing onward. The track itself is switched by the room. */
  async setPaused(source: Source, paused: boolean): Promise<void> {
    const producer = this.#sent.get(source)
    if (producer === undefined) return
    const { connection, room } = this.#options
    await connection.call('room.setProducerPaused', { room, producer: producer.id, paused })
  }

  /** New ICE credentials for both directions: the network under them has changed. */
  restartIce(): void {
    for (const direction of this.#transports.keys()) this.#restartIce(direction)
  }

  close(): void {
    this.#closed = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    for (const transport of this.#transports.values()) transport.close()
  }

  async #openTransport(device: Device, direction: Direction): Promise<void> {
    const { connection, room, joined } = this.#options
    const told = await connection.call('room.openTransport', { room, direction })
    if (this.#closed) return
    const iceServers = joined.iceServers.map(({ urls, username, credential }) => ({
      urls,
      ...(username === undefined ? {} : { username }),
      ...(credential === undefined ? {} : { credential }),
    }))
    const options = { ...told, iceServers }
    const transport = direction === 'send' ? device.createSendTransport(options) : device.createRecvTransport(options)
    this.#transports.set(direction, transport)
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      connection
        .call('room.connectTransport', { room, transport: transport.id, dtlsParameters })
        .then(() => done(), failed)
    })
    transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      const source: Source = appData.source === 'camera' ? 'camera' : 'microphone'
      const paused = this.#options.isPaused(source)
      connection
        .call('room.produce', { room, transport: transport.id, kind, source, rtpParameters, paused })
        .then(({ producer }) => done({ id: producer }), failed)
    })
    transport.on('connectionstatechange', (state) => this.#onConnectionState(direction, state))
  }

  async #produce(): Promise<void> {
    const transport = this.#transports.get('send')
    const [microphone] = this.#options.local?.getAudioTracks() ?? []
    const [camera] = this.#options.local?.getVideoTracks() ?? []
    const send = async (source: Source, options: types.ProducerOptions) => {
      if (transport === undefined || options.track?.readyState !== 'live') return
      // The camera goes on when the transport ends: the next join sends the same tracks.
      const kept = { stopTracks: false, disableTrackOnPause: false, appData: { source } }
      const asked = this.#options.isPaused(source)
      this.#sent.set(source, await transport.produce({ ...options, ...kept }))
      const now = this.#options.isPaused(source)
      if (now !== asked) await this.setPaused(source, now)
    }
    if (microphone !== undefined) await send('microphone', { track: microphone, codecOptions: microphoneOptions })
    if (camera !== undefined) await send('camera', { track: camera, ...encodingsOf(camera.getSettings()) })
  }

  async #consume(received: Received): Promise<void> {
    const { connection, room, onChange } = this.#options
    const transport = this.#transports.get('receive')
    const rtpCapabilities = this.#device?.recvRtpCapabilities
    const { id, participant } = received.info
    if (transport === undefined || rtpCapabilities === undefined) return
    try {
      const told = await connection.call('room.consume', { room, producer: id, rtpCapabilities })
      const { rtpParameters } = told
      const kind = told.producer.kind
      const consumer = await transport.consume({
        id: told.id,
        producerId: id,
        kind,
        rtpParameters,
        streamId: participant,
      })
      const current = this.#received.get(id)
      if (this.#closed || current === undefined) {
        consumer.close()
        return
      }
      this.#received.set(id, { ...current, consumer })
      this.#participants.get(participant)?.stream.addTrack(consumer.track)
      onChange()
      // The consumer starts paused so that its first key frame finds a track that is ready.
      await connection.call('room.setConsumerPaused', { room, consumer: told.id, paused: false })
      const now = this.#received.get(id)
      if (now?.consumer === consumer) this.#received.set(id, { ...now, flowing: true })
    } catch (error) {
      // Ended meanwhile, or the whole join did: whoever ended it says so in an event. What this browser cannot
      // receive (UNSUPPORTED) it could not after another join either.
      if (this.#closed || (error instanceof VisavisError && !error.retryable)) return
      this.#options.onBroken('a participant could not be received')
    }
  }

  #onConnectionState(direction: Direction, state: types.ConnectionState): void {
    clearTimeout(this.#timers.get(direction))
    this.#timers.delete(direction)
    if (this.#closed) return
    if (state === 'failed') this.#restartIce(direction)
    if (state === 'disconnected') {
      this.#timers.set(
        direction,
        setTimeout(() => this.#restartIce(direction), disconnectedForMs),
      )
    }
  }

  #restartIce(direction: Direction): void {
    const transport = this.#transports.get(direction)
    if (transport === undefined || this.#closed) return
    const { connection, room, onBroken } = this.#options
    clearTimeout(this.#timers.get(direction))
    this.#timers.set(
      direction,
      setTimeout(() => this.#giveUp(transport), restartForMs),
    )
    connection
      .call('room.restartIce', { room, transport: transport.id })
      .then(({ iceParameters }) => transport.restartIce({ iceParameters }))
      .catch(() => {
        if (!this.#closed) onBroken('the transport is gone')
      })
  }

  #giveUp(transport: types.Transport): void {
    if (!this.#closed && transport.connectionState !== 'connected') this.#options.onBroken('no connection for media')
  }
}
