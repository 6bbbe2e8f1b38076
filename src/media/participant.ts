/** One session in one room: its transports, what it sends and what it receives. */
import { randomUUID } from 'node:crypto'
import type { types } from 'mediasoup'
import {
  type DataOf,
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
import { checkRtpCapabilities } from './parameters.ts'
import type { Protection } from './protection.ts'
import { type Line, Reach, type RoomEventName } from './reach.ts'
import { receivableBy } from './receivable.ts'
import { firstLayers, type Pictures, Receiving } from './receiving.ts'
import { type ProduceOptions, Sending, worryingScore } from './sending.ts'
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

/** What a join has that is told of both transports. */
type OpenedTransports = Pick<ResultOf<'room.join'>, 'transports' | 'consumers'>

const picturesOf: Record<Protection['state'], Pictures> = { open: 'all', held: 'none', trying: 'smallest' }

export class RoomParticipant {
  readonly id = randomUUID()
  readonly session: string
  readonly info: Participant
  /** As the others know it. */
  readonly shown: Participant
  readonly #room: Surroundings
  readonly #joiner: Joiner
  readonly #transports: Transports
  readonly #sending: Sending
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
    this.#sending = new Sending({
      ...{ room: room.id, id: this.id, router: room.router, transports: this.#transports },
      requireMaySend: (source) => room.requireMaySend(this, source),
      isSent: (producer) => room.ownerOf(producer) !== undefined,
      takeScreen: () => room.takeScreen(this),
      giveScreen: () => room.giveScreen(this),
      tellOthers: (event, data) => room.tellOthers(this, event, data),
      microphonesChanged: () => room.microphonesChanged(),
      onWorry: () => this.#watch.hurry(),
    })
    this.#watch = new LineWatch(performance.now(), {
      line: () => ({
        send: this.#transports.find('send'),
        receive: this.#transports.find('receive'),
        producers: this.#sending.producers,
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
    return this.#sending.infos
  }

  get microphone(): string | undefined {
    return this.#sending.microphone
  }

  get quality(): LineQuality {
    return this.#watch.quality
  }

  get counts(): { transports: number; producers: number; consumers: number } {
    return { transports: this.#transports.size, producers: this.#sending.size, consumers: this.#receiving.size }
  }

  /** What the worker has counted of each track. */
  async flow(): Promise<StreamFlow[]> {
    return flowOf(this.#sending.producers, this.#receiving.consumers)
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

  /**
   * Both at once, and what arrives over them. Its consumers are not paused: nothing is sent before the browser has connected
   * the transport, and by then it knows of all of them.
   * @param rtpCapabilities of a browser; without, nothing is received yet.
   * @throws VisavisError GONE, UNAVAILABLE, BAD_REQUEST.
   */
  async openTransports(producers: readonly ProducerInfo[] = [], rtpCapabilities?: unknown): Promise<OpenedTransports> {
    const receivable = rtpCapabilities === undefined ? undefined : checkRtpCapabilities(rtpCapabilities)
    const opening = this.openTransport('receive')
    const receiving = async () => {
      await opening
      return receivable === undefined ? undefined : await this.#consumeAll(producers, receivable)
    }
    const [send, receive, consumers] = await Promise.all([this.openTransport('send'), opening, receiving()])
    return { transports: { send, receive }, ...(consumers === undefined ? {} : { consumers }) }
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

  /** Sends a track. @returns the id of the producer. @throws as Sending.produce. */
  produce(options: ProduceOptions): Promise<string> {
    return this.#sending.produce(options)
  }

  /** @throws VisavisError GONE; FORBIDDEN for another's. */
  setProducerPaused(id: string, paused: boolean): Promise<void> {
    return this.#sending.setPaused(id, paused)
  }

  /** They may not send these any more. */
  stopSending(isAllowed: (source: Source) => boolean): void {
    this.#sending.stop(isAllowed)
  }

  /** By somebody else. @returns whether there was anything to mute. */
  mute(): Promise<boolean> {
    return this.#sending.mute()
  }

  /** Closing what is closed is harmless. @throws VisavisError FORBIDDEN for another's. */
  closeProducer(id: string): void {
    this.#sending.closeProducer(id)
  }

  /** Whether they send it. */
  sends(producer: string): boolean {
    return this.#sending.has(producer)
  }

  /**
   * A second consumer of the same producer replaces the first.
   * @throws VisavisError GONE, FORBIDDEN for one's own, BAD_REQUEST, UNSUPPORTED.
   */
  async consume(producerId: string, rtpCapabilities: unknown, paused = true): Promise<ResultOf<'room.consume'>> {
    return await this.#consume(producerId, checkRtpCapabilities(rtpCapabilities), paused)
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
    this.#sending.close()
    this.#transports.close()
  }

  /** What ends meanwhile, or cannot be received, is left out: whoever asks for it by itself is told why. */
  async #consumeAll(
    producers: readonly ProducerInfo[],
    browser: types.RtpCapabilities,
  ): Promise<ResultOf<'room.consume'>[]> {
    const receivable = receivableBy(browser, this.#room.router.rtpCapabilities)
    const consumers = await Promise.allSettled(producers.map(({ id }) => this.#consume(id, receivable, false)))
    return consumers.flatMap((consumer) => (consumer.status === 'fulfilled' ? [consumer.value] : []))
  }

  async #consume(
    producerId: string,
    rtpCapabilities: types.RtpCapabilities,
    paused: boolean,
  ): Promise<ResultOf<'room.consume'>> {
    const owner = this.#room.ownerOf(producerId)
    if (owner === this) throw new VisavisError('FORBIDDEN', 'nobody receives what they send themselves')
    if (owner === undefined) throw gone('that producer has ended')
    const transport = this.#transports.get('receive')
    this.#receiving.drop(producerId)
    const consumer = await ask(
      () => transport.consume({ producerId, rtpCapabilities, paused, preferredLayers: firstLayers }),
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

  /** The line carries the sound alone, or pictures again. A trial of what it sends is one in full: its browser adapts. */
  async #protect({ sending, receiving }: Record<'sending' | 'receiving', Protection['state']>): Promise<void> {
    const held = { sending: sending === 'held', receiving: receiving === 'held' }
    const before = this.#held
    this.#held = held
    if (before.sending !== held.sending || before.receiving !== held.receiving) this.#tellHeld()
    await Promise.all([this.#receiving.setPictures(picturesOf[receiving]), this.#sending.hold(held.sending)])
  }

  #tellHeld(): void {
    this.notify('room.videoHeld', { room: this.#room.id, ...this.#held })
  }

  #requireSynthetic(): void {
    if (this.#room.synthetic) return
    throw new VisavisError('FORBIDDEN', 'synthetic participants are not allowed in this room or on this node')
  }
}
