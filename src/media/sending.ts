/** What one participant sends: a producer for each source, muted by its owner or held back to protect the sound. */
import type { types } from 'mediasoup'
import { type DataOf, type ParamsOf, type ProducerInfo, type Source, VisavisError } from '../protocol/index.ts'
import { ask, gone } from './failures.ts'
import { checkRtpParameters } from './parameters.ts'
import type { Transports } from './transports.ts'

export type ProduceOptions = Omit<ParamsOf<'room.produce'>, 'room'>

type Told = 'room.producerOpened' | 'room.producerChanged' | 'room.producerClosed'

export interface SendingOptions {
  readonly room: string
  /** Of the participant. */
  readonly id: string
  readonly router: types.Router
  readonly transports: Transports
  /** @throws VisavisError FORBIDDEN where not everybody may send. */
  readonly requireMaySend: (source: Source) => void
  /** Whether somebody in the room sends it. */
  readonly isSent: (producer: string) => boolean
  /** One screen per room. @throws VisavisError CONFLICT while another participant shows theirs. */
  readonly takeScreen: () => void
  readonly giveScreen: () => void
  readonly tellOthers: <E extends Told>(event: E, data: DataOf<E>) => void
  /** A microphone has come or gone. */
  readonly microphonesChanged: () => void
  /** A track arrives badly. */
  readonly onWorry: () => void
}

const kindOf: Record<Source, types.MediaKind> = { microphone: 'audio', camera: 'video', screen: 'video' }

/**
 * The least time between two requests for a key frame of a track (ms). Browsers answer none within 300 ms of another; the worker
 * would wait a second for it, and whoever has just come would see nothing for as long.
 */
const keyFrameRequestDelay = 350

/** Of 10: a track that has come to this makes the next look at the line come soon. */
export const worryingScore = 7

interface Sent {
  readonly producer: types.Producer
  readonly source: Source
  /** As its owner asked. */
  paused: boolean
  /** What the others were last told. */
  told: Pick<ProducerInfo, 'paused' | 'held'>
}

export class Sending {
  readonly #options: SendingOptions
  readonly #sent = new Map<Source, Sent>()
  /** Whether pictures are held back. */
  #held = false
  #closed = false

  constructor(options: SendingOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#sent.size
  }

  get producers(): types.Producer[] {
    return [...this.#sent.values()].map(({ producer }) => producer)
  }

  get infos(): ProducerInfo[] {
    return [...this.#sent.values()].map((sent) => this.#describe(sent))
  }

  get microphone(): string | undefined {
    return this.#sent.get('microphone')?.producer.id
  }

  has(producer: string): boolean {
    return this.#find(producer) !== undefined
  }

  /**
   * An earlier producer of the same source is closed first: a browser reuses its media section, so the worker would refuse the
   * new one while the old one has its identifiers.
   * @returns the id of the producer.
   * @throws VisavisError GONE, BAD_REQUEST, UNSUPPORTED, FORBIDDEN without the floor of a workshop, CONFLICT also while another participant shows their screen.
   */
  async produce(options: ProduceOptions): Promise<string> {
    const { kind, source, paused = false, producer: id } = options
    const { transports, requireMaySend, isSent, takeScreen } = this.#options
    requireMaySend(source)
    if (kindOf[source] !== kind) throw new VisavisError('BAD_REQUEST', `a ${source} does not send ${kind}`)
    const transport = transports.byId(options.transport)
    if (transport !== transports.get('send')) throw new VisavisError('BAD_REQUEST', 'this transport receives')
    const rtpParameters = checkRtpParameters(options.rtpParameters)
    if (!rtpParameters.codecs.every(({ mimeType }) => mimeType.startsWith(`${kind}/`)))
      throw new VisavisError('BAD_REQUEST', `every codec of this producer must be one of ${kind}`)
    this.#sent.get(source)?.producer.close()
    if (id !== undefined && isSent(id))
      throw new VisavisError('CONFLICT', 'a producer of this name is in the room already')
    if (source === 'screen') takeScreen()
    try {
      const held = kind === 'video' && this.#held
      const named = id === undefined ? {} : { id }
      const producer = await ask(
        () => transport.produce({ kind, rtpParameters, paused: paused || held, keyFrameRequestDelay, ...named }),
        'CONFLICT',
      )
      try {
        if (this.#closed || producer.closed) throw gone('the transport has ended')
        // It may have been taken away meanwhile.
        requireMaySend(source)
        this.#sent.get(source)?.producer.close()
        // What was just closed has given it away.
        if (source === 'screen') takeScreen()
      } catch (error) {
        producer.close()
        throw error
      }
      this.#keep({ producer, source, paused, told: { paused: paused || held, held } })
      return producer.id
    } finally {
      if (source === 'screen' && !this.#sent.has('screen')) this.#screenEnded()
    }
  }

  /** @throws VisavisError GONE; FORBIDDEN for another's. */
  async setPaused(id: string, paused: boolean): Promise<void> {
    const sent = this.#own(id)
    if (sent === undefined) throw gone('that producer has ended')
    sent.paused = paused
    await this.#applyPaused(sent)
  }

  /** They may not send these any more. */
  stop(isAllowed: (source: Source) => boolean): void {
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

  /** Holds pictures back, or lets them through again; what their owner asked meanwhile counts afterwards. */
  async hold(held: boolean): Promise<void> {
    if (this.#held === held) return
    this.#held = held
    const videos = [...this.#sent.values()].filter(({ producer }) => producer.kind === 'video')
    await Promise.allSettled(videos.map((sent) => this.#applyPaused(sent)))
  }

  /** Producers close with their transport, of which each tells the others. */
  close(): void {
    this.#closed = true
  }

  #keep(sent: Sent): void {
    const { room, transports, tellOthers, microphonesChanged, onWorry } = this.#options
    const { producer, source } = sent
    this.#sent.set(source, sent)
    producer.observer.once('close', () => this.#onClosed(sent))
    producer.observer.on('score', (scores) => {
      if (scores.every(({ score }) => score <= worryingScore)) onWorry()
    })
    tellOthers('room.producerOpened', { room, producer: this.#describe(sent) })
    if (source === 'microphone') microphonesChanged()
    if (source === 'screen') void transports.allowScreen(true).catch(() => {})
  }

  #describe(sent: Sent): ProducerInfo {
    const { producer, source } = sent
    return { id: producer.id, participant: this.#options.id, kind: producer.kind, source, ...this.#stateOf(sent) }
  }

  #stateOf({ producer, paused }: Sent): Sent['told'] {
    const held = producer.kind === 'video' && this.#held && !paused
    return { paused: producer.paused, held }
  }

  /** Always asked, never skipped when it seems to be so already: an opposite request may be on its way. */
  async #applyPaused(sent: Sent): Promise<void> {
    const { producer } = sent
    const pause = sent.paused || (producer.kind === 'video' && this.#held)
    await ask(() => (pause ? producer.pause() : producer.resume()), 'UNAVAILABLE')
    if (producer.closed) throw gone('that producer has ended')
    const state = this.#stateOf(sent)
    if (sent.told.paused === state.paused && sent.told.held === state.held) return
    sent.told = state
    this.#options.tellOthers('room.producerChanged', { room: this.#options.room, producer: producer.id, ...state })
  }

  #screenEnded(): void {
    this.#options.giveScreen()
    void this.#options.transports.allowScreen(false).catch(() => {})
  }

  #find(producer: string): Sent | undefined {
    return [...this.#sent.values()].find((sent) => sent.producer.id === producer)
  }

  #own(producer: string): Sent | undefined {
    if (this.#closed) throw gone('the participant has left')
    const sent = this.#find(producer)
    if (sent !== undefined || !this.#options.isSent(producer)) return sent
    throw new VisavisError('FORBIDDEN', 'that producer is another participant’s')
  }

  #onClosed(sent: Sent): void {
    const { room, id: participant, router, microphonesChanged, tellOthers } = this.#options
    if (this.#sent.get(sent.source) === sent) {
      this.#sent.delete(sent.source)
      if (sent.source === 'screen') this.#screenEnded()
      if (sent.source === 'microphone') microphonesChanged()
    }
    // When the whole room ends its participants are told that instead.
    if (router.closed) return
    tellOthers('room.producerClosed', { room, producer: sent.producer.id, participant })
  }
}
