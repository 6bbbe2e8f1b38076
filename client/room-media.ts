/** The media of one join: what is sent, what is received, and what the server tells of it. A rejoin makes a new one. */
import type { DataOf, ParamsOf, Participant, ProducerInfo, Quality, ResultOf, Source } from '../src/protocol/index.ts'
import { deviceFor, exploreBrowser, type KnownDevice, knownReceivable } from './device.ts'
import { Receiving, type ReceivingOptions } from './receiving.ts'
import { relaysOf } from './relays.ts'
import { Sending, type SendingOptions } from './sending.ts'
import { Transports, type TransportsOptions } from './transports.ts'

/** When the next join flows its first picture is on its way; one that never flows keeps nothing open for longer. */
const retireForMs = 2_000
const longestRetirementMs = 20_000

export interface RoomMediaOptions extends TransportsOptions, SendingOptions, ReceivingOptions {}

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

type Lines = DataOf<'room.qualityChanged'>['lines']
type Held = Pick<DataOf<'room.videoHeld'>, 'sending' | 'receiving'>

export class RoomMedia {
  readonly #options: RoomMediaOptions
  readonly #transports: Transports
  readonly #sending: Sending
  readonly #receiving: Receiving
  #known: KnownDevice | undefined
  #lines: Lines = []
  #speaker: string | undefined
  #held: Held = { sending: false, receiving: false }
  #closed = false
  #retirement: ReturnType<typeof setTimeout> | undefined

  /** Before the server was asked for anything: what can be done meanwhile. */
  static prepare(): void {
    exploreBrowser()
  }

  /** What this browser can receive, if it is known already: then a join may say so. */
  static get receivable(): ParamsOf<'room.join'>['rtpCapabilities'] {
    return knownReceivable()
  }

  constructor(options: RoomMediaOptions) {
    this.#options = options
    this.#transports = new Transports(options, (source) => this.#sending.isPaused(source))
    this.#sending = new Sending(options, this.#transports)
    this.#receiving = new Receiving(options, this.#transports)
  }

  get remotes(): Remote[] {
    return this.#receiving.others.map(({ participant, stream, screen }) => {
      const sources = this.#receiving.sourcesOf(participant.id)
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
    return this.#transports.isIdle
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
    await Promise.all([this.#transports.open(device, 'send'), this.#transports.open(device, 'receive')])
    if (this.#closed) return
    this.#known = device
    const { recvRtpCapabilities, handlerName } = device.device
    await Promise.all([this.#receiving.begin(recvRtpCapabilities), this.#sending.begin(handlerName)])
  }

  qualityChanged(lines: Lines): void {
    this.#lines = lines
  }

  speakerChanged(participant: string): void {
    this.#speaker = participant
  }

  videoHeld({ sending, receiving }: Held): void {
    this.#held = { sending, receiving }
    this.#sending.hold(sending)
  }

  /** What has changed while there was no connection to be told over. */
  resumed(told: ResultOf<'room.resume'>): void {
    this.#receiving.resumed(told)
    if (!this.#sending.resumed(told.sent)) this.#options.onBroken('the node has lost what is sent')
  }

  participantJoined(participant: Participant): void {
    this.#receiving.joined(participant)
  }

  participantLeft(id: string): void {
    this.#receiving.left(id)
  }

  producerOpened(info: ProducerInfo): void {
    this.#receiving.opened(info)
  }

  producerChanged(state: Pick<ProducerInfo, 'id' | 'paused' | 'held'>): void {
    this.#receiving.changed(state)
  }

  producerClosed(id: string): void {
    this.#receiving.closed(id)
  }

  /** Sends what is chosen of a source now: a new track, none, or the same one paused or not. */
  send(source: Source): Promise<void> {
    return this.#sending.send(source)
  }

  /** Pictures are shown otherwise than before, or are left out, or are wanted again. */
  wishesChanged(participant?: string, source?: Source): void {
    this.#receiving.wishesChanged(participant, source)
  }

  /** New ICE credentials for both directions: the network under them has changed. */
  restartIce(): void {
    if (!this.#closed) this.#transports.restartIce()
  }

  /**
   * Sends nothing any more, and is closed a while after `succeeded()`: closing peer connections keeps a browser from all else,
   * some 10 ms each and a hundred times that on a busy machine, and the next join has better use for them.
   */
  retire(): void {
    this.#sending.silence()
    this.#end()
    this.#retirement = setTimeout(() => this.#transports.close(), longestRetirementMs)
  }

  /** The next join flows. */
  succeeded(): void {
    clearTimeout(this.#retirement)
    this.#retirement = setTimeout(() => this.#transports.close(), retireForMs)
  }

  close(): void {
    this.#end()
    clearTimeout(this.#retirement)
    this.#transports.close()
  }

  #end(): void {
    this.#closed = true
    this.#sending.end()
    this.#receiving.end()
    this.#transports.end()
  }

  #qualityOf(id: string): Quality {
    const line = this.#lines.find(({ participant }) => participant === id)
    if (line === undefined) return 'good'
    const either = [line.sending, line.receiving]
    return either.find((quality) => quality === 'poor') ?? either.find((quality) => quality === 'fair') ?? 'good'
  }
}
