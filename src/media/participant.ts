/** One session in one room: its transports, what it sends and what it receives. */
import { randomUUID } from 'node:crypto'
import type { types } from 'mediasoup'
import {
  type DataOf,
  type ParamsOf,
  type Participant,
  type ProducerInfo,
  type ResultOf,
  type Role,
  type Source,
  VisavisError,
} from '../protocol/index.ts'
import { ask, gone } from './failures.ts'
import { flowOf, type StreamFlow } from './flow.ts'
import { type LineQuality, LineWatch } from './line-watch.ts'
import { checkRtpCapabilities, checkRtpParameters } from './parameters.ts'
import type { Protection } from './protection.ts'
import { type Line, Reach, type RoomEventName } from './reach.ts'
import { type Pictures, Receiving } from './receiving.ts'
import { type Direction, type SyntheticPeer, Transports } from './transports.ts'
import type { MediaWorker } from './worker.ts'

/** Who joins. */
export interface Joiner {
  readonly session: string
  readonly person: string
  readonly name: string
  readonly role: Role
  readonly line: Line
  /** What the others are told of them; absent: who they are. */
  readonly shown?: { readonly person: string; readonly name: string } | undefined
  /** IP address of the connection: the only place synthetic media may be sent to. Loopback when absent. */
  readonly address?: string | undefined
}

/** What a participant knows of its room. */
export interface Surroundings {
  readonly id: string
  readonly router: types.Router
  readonly worker: MediaWorker
  /** Whether synthetic transports may be opened here. */
  readonly synthetic: boolean
  /** How long a transport may be silent before it counts as lost (ms). */
  readonly consentMs: number
  ownerOf(producer: string): RoomParticipant | undefined
  tellOthers<E extends RoomEventName>(than: RoomParticipant, event: E, data: DataOf<E>): void
  /** One screen per room. @throws VisavisError CONFLICT while another participant shows theirs. */
  takeScreen(participant: RoomParticipant): void
  giveScreen(participant: RoomParticipant): void
  /** @throws VisavisError FORBIDDEN where not everybody may send. */
  requireMaySend(participant: RoomParticipant, source: Source): void
  /** A microphone has come or gone. */
  microphonesChanged(): void
  /** The line of a participant has become better or worse. */
  qualityChanged(): void
  /** Called when nothing connects a participant with the worker any more, after something did. */
  mediaLost(participant: RoomParticipant): void
}

export type ProduceOptions = Omit<ParamsOf<'room.produce'>, 'room'>

const kindOf: Record<Source, types.MediaKind> = { microphone: 'audio', camera: 'video', screen: 'video' }

/** Of 10: a track that has come to this makes the next look at the line come soon. */
const worryingScore = 7

const picturesOf: Record<Protection['state'], Pictures> = { open: 'all', held: 'none', trying: 'smallest' }

interface Sent {
  readonly producer: types.Producer
  readonly source: Source
  /** As its owner asked. */
  paused: boolean
  /** What the others were last told. */
  told: Pick<ProducerInfo, 'paused' | 'held'>
}

export class RoomParticipant {
  readonly id = randomUUID()
  readonly session: string
  readonly info: Participant
  /** As the others know it. */
  readonly shown: Participant
  readonly #room: Surroundings
  readonly #joiner: Joiner
  readonly #transports: Transports
  readonly #sent = new Map<Source, Sent>()
  readonly #receiving = new Receiving()
  readonly #reach: Reach
  readonly #watch: LineWatch
  /** Whether pictures from and to it are held back. */
  #held = { sending: false, receiving: false }
  /** Runs while the session has no connection. */
  #grace: NodeJS.Timeout | undefined
  #closed = false

  constructor(room: Surroundings, joiner: Joiner) {
    this.session = joiner.session
    this.info = { id: this.id, person: joiner.person, name: joiner.name, role: joiner.role }
    this.shown = { ...this.info, ...joiner.shown }
    this.#room = room
    this.#joiner = joiner
    this.#reach = new Reach(joiner.line)
    this.#transports = new Transports({
      router: room.router,
      worker: room.worker,
      consentMs: room.consentMs,
      onLost: () => room.mediaLost(this),
    })
    this.#watch = new LineWatch(performance.now(), {
      line: () => ({
        send: this.#transports.find('send'),
        receive: this.#transports.find('receive'),
        producers: [...this.#sent.values()].map(({ producer }) => producer),
        consumers: this.#receiving.consumers,
      }),
      onQuality: () => room.qualityChanged(),
      onProtection: (states) => void this.#protect(states).catch(() => {}),
    })
  }

  /** Whether its session has a connection at the moment. */
  get attached(): boolean {
    return this.#reach.attached
  }

  /** Whether nobody can tell them anything once this connection is gone. */
  isReachedOnlyBy(connection: string): boolean {
    return this.#reach.isOnly(connection)
  }

  /** Whether media comes and goes, as far as the worker knows. */
  get flowing(): boolean {
    return this.#transports.flowing
  }

  get producers(): ProducerInfo[] {
    return [...this.#sent.values()].map((sent) => this.#describe(sent))
  }

  get microphone(): string | undefined {
    return this.#sent.get('microphone')?.producer.id
  }

  get quality(): LineQuality {
    return this.#watch.quality
  }

  get counts(): { transports: number; producers: number; consumers: number } {
    return { transports: this.#transports.size, producers: this.#sent.size, consumers: this.#receiving.size }
  }

  /** What the worker has counted of each track. */
  async flow(): Promise<StreamFlow[]> {
    const sent = [...this.#sent.values()].map(({ producer }) => producer)
    return flowOf(sent, this.#receiving.consumers)
  }

  notify<E extends RoomEventName>(event: E, data: DataOf<E>): void {
    this.#reach.notify(event, data)
  }

  /** Looks after its line, if it is time to. */
  async look(now: number): Promise<void> {
    if (!this.#closed) await this.#watch.look(now)
  }

  /** The session has a new connection. */
  attach(line: Line): void {
    clearTimeout(this.#grace)
    this.#reach.attach(line)
    if (this.#held.sending || this.#held.receiving) this.#tellHeld()
  }

  /** A connection is gone: for so long (ms) the session may come back. @returns whether it was the one in use. */
  detach(connection: string, graceMs: number, onOver: () => void): boolean {
    if (!this.#reach.detach(connection)) return false
    this.#grace = setTimeout(onOver, graceMs)
    return true
  }

  /** Asks whether anybody is still there. */
  probe(): void {
    this.#reach.probe()
  }

  /** A second transport for the same direction replaces the first. @throws VisavisError GONE, UNAVAILABLE. */
  openTransport(direction: Direction): Promise<ResultOf<'room.openTransport'>> {
    return this.#transports.openWebRtc(direction)
  }

  /** Both at once. @throws VisavisError GONE, UNAVAILABLE. */
  async openTransports(): Promise<Record<Direction, ResultOf<'room.openTransport'>>> {
    const [send, receive] = await Promise.all([this.openTransport('send'), this.openTransport('receive')])
    return { send, receive }
  }

  /** @throws VisavisError GONE, BAD_REQUEST, CONFLICT when it is connected already. */
  connectTransport(transport: string, dtlsParameters: unknown): Promise<void> {
    return this.#transports.connectWebRtc(transport, dtlsParameters)
  }

  /** @throws VisavisError GONE. */
  restartIce(transport: string): Promise<types.IceParameters> {
    return this.#transports.restartIce(transport)
  }

  /** @throws VisavisError FORBIDDEN outside synthetic rooms and on nodes that do not allow them. */
  async openSyntheticTransport(direction: Direction): Promise<ResultOf<'room.openSyntheticTransport'>> {
    this.#requireSynthetic()
    return await this.#transports.openSynthetic(direction)
  }

  /** @throws VisavisError FORBIDDEN also for any address but the caller's own. */
  async connectSyntheticTransport(transport: string, peer: SyntheticPeer): Promise<void> {
    this.#requireSynthetic()
    await this.#transports.connectSynthetic(transport, peer, this.#joiner.address)
  }

  /**
   * Sends a track. An earlier producer of the same source is closed first: a browser reuses its media section, so the
   * worker would refuse the new one while the old one has its identifiers.
   * @returns the id of the producer.
   * @throws VisavisError GONE, BAD_REQUEST, UNSUPPORTED, FORBIDDEN without the floor of a workshop, CONFLICT also while another participant shows their screen.
   */
  async produce(options: ProduceOptions): Promise<string> {
    const { kind, source, paused = false, producer: id } = options
    this.#room.requireMaySend(this, source)
    if (kindOf[source] !== kind) throw new VisavisError('BAD_REQUEST', `a ${source} does not send ${kind}`)
    const transport = this.#transports.byId(options.transport)
    if (transport !== this.#transports.get('send')) throw new VisavisError('BAD_REQUEST', 'this transport receives')
    const rtpParameters = checkRtpParameters(options.rtpParameters)
    if (!rtpParameters.codecs.every(({ mimeType }) => mimeType.startsWith(`${kind}/`)))
      throw new VisavisError('BAD_REQUEST', `every codec of this producer must be one of ${kind}`)
    this.#sent.get(source)?.producer.close()
    if (id !== undefined && this.#room.ownerOf(id) !== undefined)
      throw new VisavisError('CONFLICT', 'a producer of this name is in the room already')
    if (source === 'screen') this.#room.takeScreen(this)
    try {
      const held = kind === 'video' && this.#held.sending
      const named = id === undefined ? {} : { id }
      const producer = await ask(
        () => transport.produce({ kind, rtpParameters, paused: paused || held, ...named }),
        'CONFLICT',
      )
      try {
        if (this.#closed || producer.closed) throw gone('the transport has ended')
        // It may have been taken away meanwhile.
        this.#room.requireMaySend(this, source)
        this.#sent.get(source)?.producer.close()
        // What was just closed has given it away.
        if (source === 'screen') this.#room.takeScreen(this)
      } catch (error) {
        producer.close()
        throw error
      }
      const sent: Sent = { producer, source, paused, told: { paused: paused || held, held } }
      this.#sent.set(source, sent)
      producer.observer.once('close', () => this.#onProducerClosed(sent))
      producer.observer.on('score', (scores) => {
        if (scores.every(({ score }) => score <= worryingScore)) this.#watch.hurry()
      })
      this.#room.tellOthers(this, 'room.producerOpened', { room: this.#room.id, producer: this.#describe(sent) })
      if (source === 'microphone') this.#room.microphonesChanged()
      if (source === 'screen') void this.#transports.allowScreen(true).catch(() => {})
      return producer.id
    } finally {
      if (source === 'screen' && !this.#sent.has('screen')) this.#screenEnded()
    }
  }

  /** @throws VisavisError GONE; FORBIDDEN for another's. */
  async setProducerPaused(id: string, paused: boolean): Promise<void> {
    const sent = this.#own(id)
    if (sent === undefined) throw gone('that producer has ended')
    sent.paused = paused
    await this.#applyPaused(sent)
  }

  /** They may not send these any more. */
  stopSending(isAllowed: (source: Source) => boolean): void {
    for (const { source, producer } of [...this.#sent.values()]) if (!isAllowed(source)) producer.close()
  }

  /** By somebody else. @returns whether there was anything to mute. */
  async mute(): Promise<boolean> {
    const sent = this.#sent.get('microphone')
    if (sent === undefined || sent.paused) return false
    sent.paused = true
    await this.#applyPaused(sent)
    return true
  }

  /** Closing what is closed is harmless. @throws VisavisError FORBIDDEN for another's. */
  closeProducer(id: string): void {
    this.#own(id)?.producer.close()
  }

  /**
   * The consumer starts paused, and a second one of the same producer replaces the first.
   * @throws VisavisError GONE, FORBIDDEN for one's own, BAD_REQUEST, UNSUPPORTED.
   */
  async consume(producerId: string, rtpCapabilities: unknown): Promise<ResultOf<'room.consume'>> {
    const owner = this.#room.ownerOf(producerId)
    if (owner === this) throw new VisavisError('FORBIDDEN', 'nobody receives what they send themselves')
    if (owner === undefined) throw gone('that producer has ended')
    const transport = this.#transports.get('receive')
    const checked = checkRtpCapabilities(rtpCapabilities)
    this.#receiving.drop(producerId)
    const consumer = await ask(
      () => transport.consume({ producerId, rtpCapabilities: checked, paused: true }),
      'CONFLICT',
    )
    const producer = owner.producers.find(({ id }) => id === producerId)
    if (this.#closed || consumer.closed || producer === undefined) {
      consumer.close()
      throw gone('that producer has ended')
    }
    this.#receiving.add(consumer)
    consumer.observer.on('score', ({ score }) => {
      if (score <= worryingScore) this.#watch.hurry()
    })
    // The client's types know one header extension less than the worker's, and nothing else differs.
    const rtpParameters = consumer.rtpParameters as ResultOf<'room.consume'>['rtpParameters']
    return { id: consumer.id, producer, rtpParameters }
  }

  /** @throws VisavisError GONE, also for another's: consumers are not known to others. */
  setConsumerPaused(id: string, paused: boolean): Promise<void> {
    return this.#receiving.setPaused(id, paused)
  }

  /** The highest layers wanted; of no effect on a consumer without layers. @throws VisavisError GONE. */
  setPreferredLayers(id: string, layers: types.ConsumerLayers): Promise<void> {
    return this.#receiving.setLayers(id, layers)
  }

  /** Ends all it sends and receives. The others hear of each producer that closes. Its room calls this. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#grace)
    this.#transports.close()
  }

  #describe(sent: Sent): ProducerInfo {
    const { producer, source } = sent
    return { id: producer.id, participant: this.id, kind: producer.kind, source, ...this.#stateOf(sent) }
  }

  #stateOf({ producer, paused }: Sent): Sent['told'] {
    const held = producer.kind === 'video' && this.#held.sending && !paused
    return { paused: producer.paused, held }
  }

  /** Always asked, never skipped when it seems to be so already: an opposite request may be on its way. */
  async #applyPaused(sent: Sent): Promise<void> {
    const { producer } = sent
    const pause = sent.paused || (producer.kind === 'video' && this.#held.sending)
    await ask(() => (pause ? producer.pause() : producer.resume()), 'UNAVAILABLE')
    if (producer.closed) throw gone('that producer has ended')
    const state = this.#stateOf(sent)
    if (sent.told.paused === state.paused && sent.told.held === state.held) return
    sent.told = state
    this.#room.tellOthers(this, 'room.producerChanged', { room: this.#room.id, producer: producer.id, ...state })
  }

  /** The line carries the sound alone, or pictures again. A trial of what it sends is one in full: its browser adapts. */
  async #protect({ sending, receiving }: Record<'sending' | 'receiving', Protection['state']>): Promise<void> {
    const held = { sending: sending === 'held', receiving: receiving === 'held' }
    const before = this.#held
    this.#held = held
    if (before.sending !== held.sending || before.receiving !== held.receiving) this.#tellHeld()
    await this.#receiving.setPictures(picturesOf[receiving])
    const videos = [...this.#sent.values()].filter(({ producer }) => producer.kind === 'video')
    if (before.sending !== held.sending) await Promise.allSettled(videos.map((sent) => this.#applyPaused(sent)))
  }

  #tellHeld(): void {
    this.notify('room.videoHeld', { room: this.#room.id, ...this.#held })
  }

  #screenEnded(): void {
    this.#room.giveScreen(this)
    void this.#transports.allowScreen(false).catch(() => {})
  }

  #own(producer: string): Sent | undefined {
    if (this.#closed) throw gone('the participant has left')
    for (const sent of this.#sent.values()) if (sent.producer.id === producer) return sent
    if (this.#room.ownerOf(producer) === undefined) return undefined
    throw new VisavisError('FORBIDDEN', 'that producer is another participant’s')
  }

  #onProducerClosed(sent: Sent): void {
    if (this.#sent.get(sent.source) === sent) {
      this.#sent.delete(sent.source)
      if (sent.source === 'screen') this.#screenEnded()
      if (sent.source === 'microphone') this.#room.microphonesChanged()
    }
    // When the whole room ends its participants are told that instead.
    if (this.#room.router.closed) return
    const { id: room } = this.#room
    this.#room.tellOthers(this, 'room.producerClosed', { room, producer: sent.producer.id, participant: this.id })
  }

  #requireSynthetic(): void {
    if (this.#room.synthetic) return
    throw new VisavisError('FORBIDDEN', 'synthetic participants are not allowed in this room or on this node')
  }
}
