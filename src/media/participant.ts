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
import { checkRtpCapabilities, checkRtpParameters } from './parameters.ts'
import { type Line, Reach, type RoomEventName } from './reach.ts'
import { type Direction, type SyntheticPeer, Transports } from './transports.ts'
import type { MediaWorker } from './worker.ts'

/** Who joins. */
export interface Joiner {
  readonly session: string
  readonly person: string
  readonly name: string
  readonly role: Role
  readonly line: Line
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
  /** Called when nothing connects a participant with the worker any more, after something did. */
  mediaLost(participant: RoomParticipant): void
}

export type ProduceOptions = Omit<ParamsOf<'room.produce'>, 'room'>

const kindOf: Record<Source, types.MediaKind> = { microphone: 'audio', camera: 'video' }

interface Sent {
  readonly producer: types.Producer
  readonly source: Source
  /** What the others were last told. */
  told: boolean
}

export class RoomParticipant {
  readonly id = randomUUID()
  readonly session: string
  readonly info: Participant
  readonly #room: Surroundings
  readonly #joiner: Joiner
  readonly #transports: Transports
  readonly #sent = new Map<Source, Sent>()
  /** By the id of the producer: one consumer of each at most. */
  readonly #consumers = new Map<string, types.Consumer>()
  readonly #reach: Reach
  /** Runs while the session has no connection. */
  #grace: NodeJS.Timeout | undefined
  #closed = false

  constructor(room: Surroundings, joiner: Joiner) {
    this.session = joiner.session
    this.info = { id: this.id, person: joiner.person, name: joiner.name, role: joiner.role }
    this.#room = room
    this.#joiner = joiner
    this.#reach = new Reach(joiner.line)
    this.#transports = new Transports({
      router: room.router,
      worker: room.worker,
      consentMs: room.consentMs,
      onLost: () => room.mediaLost(this),
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

  get counts(): { transports: number; producers: number; consumers: number } {
    return { transports: this.#transports.size, producers: this.#sent.size, consumers: this.#consumers.size }
  }

  /** What the worker has counted of each track. */
  async flow(): Promise<StreamFlow[]> {
    const sent = [...this.#sent.values()].map(({ producer }) => producer)
    return flowOf(sent, [...this.#consumers.values()])
  }

  notify<E extends RoomEventName>(event: E, data: DataOf<E>): void {
    this.#reach.notify(event, data)
  }

  /** The session has a new connection. */
  attach(line: Line): void {
    clearTimeout(this.#grace)
    this.#reach.attach(line)
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
   * @throws VisavisError GONE, BAD_REQUEST, UNSUPPORTED, CONFLICT.
   */
  async produce(options: ProduceOptions): Promise<string> {
    const { kind, source, paused = false } = options
    if (kindOf[source] !== kind) throw new VisavisError('BAD_REQUEST', `a ${source} does not send ${kind}`)
    const transport = this.#transports.byId(options.transport)
    if (transport !== this.#transports.get('send')) throw new VisavisError('BAD_REQUEST', 'this transport receives')
    const rtpParameters = checkRtpParameters(options.rtpParameters)
    if (!rtpParameters.codecs.every(({ mimeType }) => mimeType.startsWith(`${kind}/`)))
      throw new VisavisError('BAD_REQUEST', `every codec of this producer must be one of ${kind}`)
    this.#sent.get(source)?.producer.close()
    const producer = await ask(() => transport.produce({ kind, rtpParameters, paused }), 'CONFLICT')
    if (this.#closed || producer.closed) {
      producer.close()
      throw gone('the transport has ended')
    }
    this.#sent.get(source)?.producer.close()
    const sent: Sent = { producer, source, told: paused }
    this.#sent.set(source, sent)
    producer.observer.once('close', () => this.#onProducerClosed(sent))
    this.#room.tellOthers(this, 'room.producerOpened', { room: this.#room.id, producer: this.#describe(sent) })
    return producer.id
  }

  /** @throws VisavisError GONE; FORBIDDEN for another's. */
  async setProducerPaused(id: string, paused: boolean): Promise<void> {
    const sent = this.#own(id)
    if (sent === undefined) throw gone('that producer has ended')
    const { producer } = sent
    // Always asked, never skipped when it seems to be so already: an opposite request may be on its way.
    await ask(() => (paused ? producer.pause() : producer.resume()), 'UNAVAILABLE')
    if (producer.closed) throw gone('that producer has ended')
    if (sent.told === producer.paused) return
    sent.told = producer.paused
    this.#room.tellOthers(this, 'room.producerChanged', { room: this.#room.id, producer: id, paused: sent.told })
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
    this.#consumers.get(producerId)?.close()
    const consumer = await ask(
      () => transport.consume({ producerId, rtpCapabilities: checked, paused: true }),
      'CONFLICT',
    )
    const producer = owner.producers.find(({ id }) => id === producerId)
    if (this.#closed || consumer.closed || producer === undefined) {
      consumer.close()
      throw gone('that producer has ended')
    }
    this.#consumers.get(producerId)?.close()
    this.#consumers.set(producerId, consumer)
    consumer.observer.once('close', () => {
      if (this.#consumers.get(producerId) === consumer) this.#consumers.delete(producerId)
    })
    // The client's types know one header extension less than the worker's, and nothing else differs.
    const rtpParameters = consumer.rtpParameters as ResultOf<'room.consume'>['rtpParameters']
    return { id: consumer.id, producer, rtpParameters }
  }

  /** @throws VisavisError GONE, also for another's: consumers are not known to others. */
  async setConsumerPaused(id: string, paused: boolean): Promise<void> {
    const consumer = this.#consumer(id)
    await ask(() => (paused ? consumer.pause() : consumer.resume()), 'UNAVAILABLE')
    if (consumer.closed) throw gone('that consumer has ended')
  }

  /** The highest layers wanted; of no effect on a consumer without layers. @throws VisavisError GONE. */
  async setPreferredLayers(id: string, layers: types.ConsumerLayers): Promise<void> {
    const consumer = this.#consumer(id)
    await ask(() => consumer.setPreferredLayers(layers), 'UNAVAILABLE')
    if (consumer.closed) throw gone('that consumer has ended')
  }

  /** Ends all it sends and receives. The others hear of each producer that closes. Its room calls this. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#grace)
    this.#transports.close()
  }

  #describe({ producer, source }: Sent): ProducerInfo {
    return { id: producer.id, participant: this.id, kind: producer.kind, source, paused: producer.paused }
  }

  #own(producer: string): Sent | undefined {
    if (this.#closed) throw gone('the participant has left')
    for (const sent of this.#sent.values()) if (sent.producer.id === producer) return sent
    if (this.#room.ownerOf(producer) === undefined) return undefined
    throw new VisavisError('FORBIDDEN', 'that producer is another participant’s')
  }

  #consumer(id: string): types.Consumer {
    for (const consumer of this.#consumers.values()) if (consumer.id === id) return consumer
    throw gone('that consumer has ended, or is not yours')
  }

  #onProducerClosed(sent: Sent): void {
    if (this.#sent.get(sent.source) === sent) this.#sent.delete(sent.source)
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
