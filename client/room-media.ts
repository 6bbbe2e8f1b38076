/** The media of one join: a mediasoup device with its transports, producers and consumers. A rejoin makes a new one. */
import type { types } from 'mediasoup-client'
import { VisavisError } from '../src/protocol/errors.ts'
import type { DataOf, Participant, ProducerInfo, Quality, ResultOf, Source } from '../src/protocol/index.ts'
import { deviceFor, type KnownDevice } from './device.ts'
import { encodingsOf, microphoneOptions, screenEncoding } from './encodings.ts'
import { iceServersOf } from './ice-servers.ts'
import { makeKey } from './key.ts'
import { relaysOf } from './relays.ts'
import type { Line } from './room-line.ts'
import { layersOf, spatialLayerOf, type Wish } from './wish.ts'

/** A short loss of packets heals by itself. */
const disconnectedForMs = 1_500
/** Time for a new transport to find its way before it counts as lost. */
const connectForMs = 8_000
/** When the next join flows its first picture is on its way; one that never flows keeps nothing open for longer. */
const retireForMs = 2_000
const longestRetirementMs = 20_000
/** The first picture is a small one: by then it is there, and the larger ones may keep this device busy. */
const smallForMs = 1_000

export interface RoomMediaOptions {
  readonly connection: Pick<Line, 'call'>
  readonly room: string
  readonly joined: ResultOf<'room.join'>
  /** Of an earlier join. */
  readonly known: KnownDevice | undefined
  /** What is to be sent of a source at this moment. */
  readonly track: (source: Source) => MediaStreamTrack | undefined
  readonly iceTransportPolicy: RTCIceTransportPolicy
  readonly isPaused: (source: Source) => boolean
  /** Whether this person may send at all. */
  readonly maySend: (source: Source) => boolean
  /** No pictures are sent or received. */
  readonly isAudioOnly: () => boolean
  /** Through TURN servers only. */
  readonly relayOnly: boolean
  /** How large a picture is shown; undefined when nobody said. */
  readonly wish: (participant: string, source: Source) => Wish | undefined
  readonly onChange: () => void
  /** Somebody else shows their screen already. */
  readonly onScreenRefused: (error: VisavisError) => void
  /** Media does not get through any more; and it does again. */
  readonly onLost: () => void
  readonly onFlows: () => void
  /** The media cannot be saved: join again. */
  readonly onBroken: (reason: string) => void
}

/** Another participant as it is seen and heard here. */
export interface Remote {
  readonly participant: Participant
  /** Changes its tracks as they come and go; the object stays the same for one participant. */
  readonly stream: MediaStream
  /** Their screen, while they show it. */
  readonly screen: MediaStream | undefined
  /** What the participant sends. A paused source is muted by its owner; or, if it is held, to protect their sound. */
  readonly sources: ReadonlyMap<Source, { readonly paused: boolean; readonly held: boolean }>
  /** The worse of both ways of their line. */
  readonly quality: Quality
  /** In rooms of three and more: whoever speaks, or spoke last. */
  readonly speaks: boolean
}

interface Received {
  readonly info: ProducerInfo
  readonly consumer?: types.Consumer
  /** The server was told to send. */
  readonly flowing?: boolean
}

type Direction = 'send' | 'receive'
type Lines = DataOf<'room.qualityChanged'>['lines']
type Held = Pick<DataOf<'room.videoHeld'>, 'sending' | 'receiving'>

interface Known {
  readonly participant: Participant
  readonly stream: MediaStream
  readonly screen: MediaStream
}

export class RoomMedia {
  readonly #options: RoomMediaOptions
  readonly #participants = new Map<string, Known>()
  readonly #received = new Map<string, Received>()
  readonly #sent = new Map<Source, types.Producer>()
  readonly #transports = new Map<Direction, types.Transport>()
  /** What the server says to a transport that connects, and to a track that is sent: what follows goes on without. */
  readonly #connected = new Map<Direction, Promise<unknown>>()
  readonly #produced = new Map<Source, Promise<unknown>>()
  readonly #timers = new Map<Direction, ReturnType<typeof setTimeout>>()
  /** One after the other for each source: what is sent follows what was chosen last. */
  readonly #sending = new Map<Source, Promise<void>>()
  #known: KnownDevice | undefined
  #lines: Lines = []
  #speaker: string | undefined
  #held: Held = { sending: false, receiving: false }
  #closed = false
  #retirement: ReturnType<typeof setTimeout> | undefined

  constructor(options: RoomMediaOptions) {
    this.#options = options
    const { joined } = options
    for (const participant of joined.participants) this.participantJoined(participant)
    for (const info of joined.producers) this.#received.set(info.id, { info })
  }

  get remotes(): Remote[] {
    return [...this.#participants.values()].map(({ participant, stream, screen }) => {
      const infos = [...this.#received.values()]
        .map(({ info }) => info)
        .filter((info) => info.participant === participant.id)
      const sources = new Map(infos.map(({ source, paused, held }) => [source, { paused, held }]))
      return {
        ...{ participant, stream, sources },
        screen: sources.has('screen') ? screen : undefined,
        quality: this.#qualityOf(participant.id),
        speaks: this.#speaker === participant.id,
      }
    })
  }

  /** Of one's own line. */
  get quality(): Quality {
    return this.#qualityOf(this.#options.joined.participant)
  }

  get speaks(): boolean {
    return this.#speaker === this.#options.joined.participant
  }

  /** Whether pictures are held back to protect the sound. */
  get held(): Held {
    return this.#held
  }

  /** Nothing is sent or received. */
  get isIdle(): boolean {
    return [...this.#transports.values()].every(({ connectionState }) => connectionState === 'new')
  }

  /** For the next join, once this one is open. */
  get known(): KnownDevice | undefined {
    return this.#known
  }

  get hasRelay(): boolean {
    return relaysOf(this.#options.joined.iceServers).length > 0
  }

  /** @throws VisavisError; UNSUPPORTED when this browser has no WebRTC that mediasoup knows. */
  async open(): Promise<void> {
    const { joined, known } = this.#options
    const device = await deviceFor(joined.rtpCapabilities, known)
    await Promise.all([this.#openTransport(device, 'send'), this.#openTransport(device, 'receive')])
    if (this.#closed) return
    this.#known = device
    const consuming = [...this.#received.values()].map((received) => this.#consume(received))
    await Promise.all([...sources.map((source) => this.send(source)), ...consuming])
  }

  qualityChanged(lines: Lines): void {
    this.#lines = lines
  }

  speakerChanged(participant: string): void {
    this.#speaker = participant
  }

  videoHeld({ sending, receiving }: Held): void {
    this.#held = { sending, receiving }
    for (const source of ['camera', 'screen'] as const) void this.send(source).catch(() => {})
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
      this.producerChanged(info)
      // Also one whose request was lost half-way: asking again replaces what it left behind.
      if (this.#received.get(info.id)?.flowing !== true) this.producerOpened(info)
    }
    for (const [source, { id }] of this.#sent) {
      const known = sent.find((info) => info.id === id)
      if (known === undefined) {
        this.#options.onBroken('the node has lost what is sent')
        return
      }
      const paused = this.#isPaused(source)
      if (known.paused !== paused && !known.held) void this.#setPaused(source, paused).catch(() => {})
    }
  }

  participantJoined(participant: Participant): void {
    this.#participants.set(participant.id, { participant, stream: new MediaStream(), screen: new MediaStream() })
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
    if (this.#known !== undefined) void this.#consume(received)
  }

  producerChanged({ id, paused, held }: Pick<ProducerInfo, 'id' | 'paused' | 'held'>): void {
    const received = this.#received.get(id)
    if (received !== undefined) this.#received.set(id, { ...received, info: { ...received.info, paused, held } })
  }

  producerClosed(id: string): void {
    const received = this.#received.get(id)
    this.#received.delete(id)
    const consumer = received?.consumer
    if (received === undefined || consumer === undefined) return
    this.#streamOf(received.info)?.removeTrack(consumer.track)
    consumer.close()
  }

  /** Sends what is chosen of a source now: a new track, none, or the same one paused or not. */
  send(source: Source): Promise<void> {
    const next = (this.#sending.get(source) ?? Promise.resolve()).catch(() => {}).then(() => this.#send(source))
    this.#sending.set(source, next)
    return next
  }

  /** Pictures are shown otherwise than before, or are left out, or are wanted again. */
  wishesChanged(participant?: string, source?: Source): void {
    for (const received of this.#received.values()) {
      const { info } = received
      if (participant !== undefined && (info.participant !== participant || info.source !== source)) continue
      void this.#wish(received).catch(() => {})
    }
  }

  /** New ICE credentials for both directions: the network under them has changed. */
  restartIce(): void {
    for (const direction of this.#transports.keys()) this.#restartIce(direction)
  }

  /**
   * Sends nothing any more, and is closed a while after `succeeded()`: closing peer connections keeps a browser from all else,
   * some 10 ms each and a hundred times that on a busy machine, and the next join has better use for them.
   */
  retire(): void {
    for (const producer of this.#sent.values()) void producer.replaceTrack({ track: null }).catch(() => {})
    this.#end()
    this.#retirement = setTimeout(() => this.#closeTransports(), longestRetirementMs)
  }

  /** The next join flows. */
  succeeded(): void {
    clearTimeout(this.#retirement)
    this.#retirement = setTimeout(() => this.#closeTransports(), retireForMs)
  }

  close(): void {
    this.#end()
    clearTimeout(this.#retirement)
    this.#closeTransports()
  }

  #end(): void {
    this.#closed = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
  }

  #closeTransports(): void {
    for (const transport of this.#transports.values()) transport.close()
  }

  async #openTransport({ device }: KnownDevice, direction: Direction): Promise<void> {
    const { connection, room, joined, relayOnly } = this.#options
    const told = joined.transports?.[direction] ?? (await connection.call('room.openTransport', { room, direction }))
    if (this.#closed) return
    const iceTransportPolicy = relayOnly ? 'relay' : this.#options.iceTransportPolicy
    const options = { ...told, iceServers: iceServersOf(joined, relayOnly), iceTransportPolicy }
    const transport = direction === 'send' ? device.createSendTransport(options) : device.createRecvTransport(options)
    this.#transports.set(direction, transport)
    transport.on('connect', ({ dtlsParameters }, done) => {
      const asked = connection.call('room.connectTransport', { room, transport: transport.id, dtlsParameters })
      asked.catch(() => {})
      this.#connected.set(direction, asked)
      // The browser asks the worker first whether it may talk to it at all (ICE): by then the worker knows.
      done()
    })
    transport.on('produce', ({ kind, rtpParameters, appData }, done) => {
      const source = sources.find((each) => each === appData.source) ?? 'microphone'
      const paused = this.#isPaused(source)
      const producer = makeKey()
      const sending = { transport: transport.id, kind, source, rtpParameters, paused, producer }
      const asked = connection.call('room.produce', { room, ...sending })
      asked.catch(() => {})
      this.#produced.set(source, asked)
      done({ id: producer })
    })
    transport.on('connectionstatechange', (state) => this.#onConnectionState(direction, state))
  }

  async #send(source: Source): Promise<void> {
    const transport = this.#transports.get('send')
    if (this.#closed || this.#known === undefined || transport === undefined) return
    const chosen = this.#options.track(source)
    const track = chosen?.readyState === 'live' ? chosen : undefined
    const sent = this.#sent.get(source)
    if (!this.#options.maySend(source)) {
      if (sent !== undefined) this.#stopSending(source, sent)
      return
    }
    if (sent === undefined) {
      if (track !== undefined) await this.#produce(transport, source, track)
      return
    }
    if (source === 'screen' && track === undefined) {
      this.#stopSending(source, sent)
      return
    }
    const paused = this.#isPaused(source)
    // A camera that nobody may see sends nothing; a microphone sends its silence, so that the first word is not lost.
    const silent = source !== 'microphone' && (paused || this.#held.sending)
    if (sent.closed) return
    await sent.replaceTrack({ track: silent ? null : (track ?? null) })
    await this.#setPaused(source, paused)
  }

  async #produce(transport: types.Transport, source: Source, track: MediaStreamTrack): Promise<void> {
    // Devices go on when the transport ends: the next join sends the same tracks.
    const kept = { stopTracks: false, disableTrackOnPause: false, appData: { source } }
    const asked = this.#isPaused(source)
    const producer = await transport.produce({ track, ...encodingOf(source, track, this.#beginsSmall), ...kept })
    try {
      await Promise.all([this.#connected.get('send'), this.#produced.get(source)])
      this.#sent.set(source, producer)
    } catch (error) {
      producer.close()
      // The floor was taken while it was on its way; whoever took it says so in an event.
      if (error instanceof VisavisError && error.details.reason === 'no-floor') return
      if (source !== 'screen' || !(error instanceof VisavisError) || error.code !== 'CONFLICT') throw error
      this.#options.onScreenRefused(error)
      return
    }
    if (source === 'camera' && this.#beginsSmall) this.#enlargeSoon(producer)
    if (this.#isPaused(source) !== asked || this.#options.track(source) !== track) await this.#send(source)
  }

  /**
   * When a talk was interrupted, and everybody waits to see somebody: the larger ones that follow make the picture stand still
   * for a moment, which a talk that only begins is spared. Measured and proven in Chromium; the others begin with all there is.
   */
  get #beginsSmall(): boolean {
    return this.#options.known?.device.handlerName.startsWith('Chrome') === true
  }

  /** The other encodings follow. */
  #enlargeSoon(producer: types.Producer): void {
    const largest = (producer.rtpParameters.encodings?.length ?? 1) - 1
    const enlarge = () => producer.setMaxSpatialLayer(largest)
    const timer = setTimeout(() => void enlarge().catch(() => {}), smallForMs)
    producer.observer.once('close', () => clearTimeout(timer))
  }

  #stopSending(source: Source, producer: types.Producer): void {
    this.#sent.delete(source)
    producer.close()
    const { connection, room } = this.#options
    void connection.call('room.closeProducer', { room, producer: producer.id }).catch(() => {})
  }

  /** At the server, so that a muted microphone sends nothing onward. The track itself is switched by the room. */
  async #setPaused(source: Source, paused: boolean): Promise<void> {
    const producer = this.#sent.get(source)
    if (producer === undefined) return
    const { connection, room } = this.#options
    await connection.call('room.setProducerPaused', { room, producer: producer.id, paused })
  }

  #isPaused(source: Source): boolean {
    return this.#options.isPaused(source) || (source !== 'microphone' && this.#options.isAudioOnly())
  }

  #qualityOf(id: string): Quality {
    const line = this.#lines.find(({ participant }) => participant === id)
    if (line === undefined) return 'good'
    const either = [line.sending, line.receiving]
    return either.find((quality) => quality === 'poor') ?? either.find((quality) => quality === 'fair') ?? 'good'
  }

  #streamOf({ participant, source }: ProducerInfo): MediaStream | undefined {
    const known = this.#participants.get(participant)
    return source === 'screen' ? known?.screen : known?.stream
  }

  /** Tells the server what is wanted of a picture: none, or which layers. It does one after the other. */
  async #wish({ info, consumer }: Received): Promise<void> {
    if (consumer === undefined) return
    const { connection, room, wish, isAudioOnly } = this.#options
    const wanted = info.kind === 'video' ? wish(info.participant, info.source) : undefined
    const paused = info.kind === 'video' && (isAudioOnly() || wanted?.visible === false)
    const layers = layersOf(consumer.rtpParameters.encodings?.[0]?.scalabilityMode)
    const asked: Promise<unknown>[] = []
    if (wanted?.visible === true && layers > 1) {
      const spatialLayer = spatialLayerOf(wanted, layers)
      asked.push(connection.call('room.setPreferredLayers', { room, consumer: consumer.id, spatialLayer }))
    }
    asked.push(connection.call('room.setConsumerPaused', { room, consumer: consumer.id, paused }))
    await Promise.all(asked)
  }

  async #consume(received: Received): Promise<void> {
    const { connection, room, onChange } = this.#options
    const transport = this.#transports.get('receive')
    const rtpCapabilities = this.#known?.device.recvRtpCapabilities
    const { id, participant, source } = received.info
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
        streamId: source === 'screen' ? `${participant}-screen` : participant,
      })
      const current = this.#received.get(id)
      if (this.#closed || current === undefined) {
        consumer.close()
        return
      }
      const attached = { ...current, consumer }
      this.#received.set(id, attached)
      this.#streamOf(received.info)?.addTrack(consumer.track)
      onChange()
      // The consumer starts paused so that its first key frame finds a track that is ready.
      await Promise.all([this.#connected.get('receive'), this.#wish(attached)])
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
    const { onLost, onFlows } = this.#options
    if (state === 'failed') onLost()
    const patienceMs = { disconnected: disconnectedForMs, connecting: connectForMs }[String(state)]
    if (patienceMs !== undefined) this.#timers.set(direction, setTimeout(onLost, patienceMs))
    // One that has nothing to carry never connects.
    const all = [...this.#transports.values()].map(({ connectionState }) => connectionState)
    if (state === 'connected' && all.every((each) => each === 'connected' || each === 'new')) onFlows()
  }

  #restartIce(direction: Direction): void {
    const transport = this.#transports.get(direction)
    if (transport === undefined || this.#closed || transport.connectionState === 'new') return
    const { connection, room, onBroken } = this.#options
    const restart = async () => {
      const [{ iceParameters }] = await Promise.all([
        connection.call('room.restartIce', { room, transport: transport.id }),
        this.#renewIceServers(transport),
      ])
      await transport.restartIce({ iceParameters })
    }
    restart().catch(() => {
      if (!this.#closed) onBroken('the transport is gone')
    })
  }

  /**
   * Credentials may have ended since the join. A relay in use goes on without; only a restart opens another. At any other
   * time it would do harm: the next offer of a transport whose servers have changed restarts ICE, and nobody expects it.
   */
  async #renewIceServers(transport: types.Transport): Promise<void> {
    const { connection, room, joined, relayOnly } = this.#options
    // Known once, and then for good: nodes of one service have the same settings.
    if (joined.goodForMs === undefined) return
    const told = await connection.call('room.iceServers', { room })
    await transport.updateIceServers({ iceServers: iceServersOf(told, relayOnly) })
  }
}

/** One after the other. The camera first: its first picture takes longer than the first sound, which follows at once. */
const sources = ['camera', 'microphone', 'screen'] as const satisfies readonly Source[]

function encodingOf(source: Source, track: MediaStreamTrack, beginsSmall: boolean): Partial<types.ProducerOptions> {
  if (source === 'microphone') return { codecOptions: microphoneOptions }
  return source === 'screen' ? screenEncoding : encodingsOf(track.getSettings(), beginsSmall)
}
