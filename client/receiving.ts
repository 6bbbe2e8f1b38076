/** Whom one join sees and hears: the others, what they send, and a consumer of each of their tracks. */
import type { types } from 'mediasoup-client'
import { VisavisError } from '../src/protocol/errors.ts'
import type { Participant, ProducerInfo, ResultOf, Source } from '../src/protocol/index.ts'
import type { Line } from './room-line.ts'
import type { Transports } from './transports.ts'
import { layersOf, spatialLayerOf, type Wish } from './wish.ts'

export interface ReceivingOptions {
  readonly connection: Pick<Line, 'call'>
  readonly room: string
  readonly joined: ResultOf<'room.join'>
  /** No pictures are sent or received. */
  readonly isAudioOnly: () => boolean
  /** How large a picture is shown; undefined when nobody said. */
  readonly wish: (participant: string, source: Source) => Wish | undefined
  readonly onChange: () => void
  /** The media cannot be saved: join again. */
  readonly onBroken: (reason: string) => void
}

/** Somebody else, with the streams that their tracks come and go in. */
export interface Other {
  readonly participant: Participant
  readonly stream: MediaStream
  readonly screen: MediaStream
}

type ToldConsumer = ResultOf<'room.consume'>

/** A consumer that the server has made. */
interface Made {
  readonly told: ToldConsumer
  /** Whether it waits there until it is resumed. */
  readonly paused: boolean
  /** Made by the join, for what this browser says of itself alone. */
  readonly byJoin: boolean
}

interface Received {
  readonly info: ProducerInfo
  readonly consumer?: types.Consumer
  /** The server was told to send. */
  readonly flowing?: boolean
}

export class Receiving {
  readonly #options: ReceivingOptions
  readonly #transports: Transports
  readonly #others = new Map<string, Other>()
  readonly #received = new Map<string, Received>()
  /** Of this browser; until it is known what is sent waits. */
  #capabilities: types.RtpCapabilities | undefined
  /** Producers that were to be received before: what the join has made of one is good once. */
  readonly #tried = new Set<string>()
  #ended = false

  constructor(options: ReceivingOptions, transports: Transports) {
    this.#options = options
    this.#transports = transports
    for (const participant of options.joined.participants) this.joined(participant)
    for (const info of options.joined.producers) this.#received.set(info.id, { info })
  }

  get others(): readonly Other[] {
    return [...this.#others.values()]
  }

  /** What somebody sends. */
  sourcesOf(participant: string): ReadonlyMap<Source, { readonly paused: boolean; readonly held: boolean }> {
    const infos = [...this.#received.values()]
      .map(({ info }) => info)
      .filter((info) => info.participant === participant)
    return new Map(infos.map(({ source, paused, held }) => [source, { paused, held }]))
  }

  /** Begins to receive, once the transports are open. */
  async begin(capabilities: types.RtpCapabilities): Promise<void> {
    this.#capabilities = capabilities
    const all = [...this.#received.values()]
    const made = await Promise.all(all.map((received) => this.#make(received)))
    // All at once: a browser negotiates them together, and that takes it longer than anything else of a join.
    await Promise.all(all.map((received, n) => this.#attach(received, made[n])))
  }

  joined(participant: Participant): void {
    this.#others.set(participant.id, { participant, stream: new MediaStream(), screen: new MediaStream() })
  }

  left(id: string): void {
    this.#others.delete(id)
    for (const { info } of [...this.#received.values()]) if (info.participant === id) this.closed(info.id)
  }

  opened(info: ProducerInfo): void {
    this.closed(info.id)
    const received: Received = { info }
    this.#received.set(info.id, received)
    // Until the transports are open it waits with the others.
    if (this.#capabilities !== undefined) void this.#make(received).then((made) => this.#attach(received, made))
  }

  changed({ id, paused, held }: Pick<ProducerInfo, 'id' | 'paused' | 'held'>): void {
    const received = this.#received.get(id)
    if (received !== undefined) this.#received.set(id, { ...received, info: { ...received.info, paused, held } })
  }

  closed(id: string): void {
    const received = this.#received.get(id)
    this.#received.delete(id)
    const consumer = received?.consumer
    if (received === undefined || consumer === undefined) return
    this.#streamOf(received.info)?.removeTrack(consumer.track)
    consumer.close()
  }

  /** What has changed while there was no connection to be told over. */
  resumed({ participants, producers }: Pick<ResultOf<'room.resume'>, 'participants' | 'producers'>): void {
    const here = new Set(participants.map(({ id }) => id))
    for (const id of [...this.#others.keys()]) if (!here.has(id)) this.left(id)
    for (const participant of participants) if (!this.#others.has(participant.id)) this.joined(participant)
    const open = new Set(producers.map(({ id }) => id))
    for (const id of [...this.#received.keys()]) if (!open.has(id)) this.closed(id)
    for (const info of producers) {
      this.changed(info)
      // Also one whose request was lost half-way: asking again replaces what it left behind.
      if (this.#received.get(info.id)?.flowing !== true) this.opened(info)
    }
  }

  /** Pictures are shown otherwise than before, or are left out, or are wanted again. */
  wishesChanged(participant?: string, source?: Source): void {
    for (const received of this.#received.values()) {
      const { info } = received
      if (participant !== undefined && (info.participant !== participant || info.source !== source)) continue
      void this.#wish(received).catch(() => {})
    }
  }

  end(): void {
    this.#ended = true
  }

  #streamOf({ participant, source }: ProducerInfo): MediaStream | undefined {
    const known = this.#others.get(participant)
    return source === 'screen' ? known?.screen : known?.stream
  }

  /**
   * Tells the server what is wanted of a picture: none, or which layers. It does one after the other.
   * @param isPaused as far as that is known.
   */
  async #wish({ info, consumer }: Received, isPaused?: boolean): Promise<void> {
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
    if (paused !== isPaused)
      asked.push(connection.call('room.setConsumerPaused', { room, consumer: consumer.id, paused }))
    await Promise.all(asked)
  }

  /** At the server; by the join, if it has told of one. @returns undefined when that came to nothing. */
  async #make({ info: { id, kind } }: Received): Promise<Made | undefined> {
    const { connection, room, joined } = this.#options
    const told = this.#tried.has(id) ? undefined : joined.consumers?.find(({ producer }) => producer.id === id)
    this.#tried.add(id)
    if (told !== undefined) return { told, paused: false, byJoin: true }
    const rtpCapabilities = this.#capabilities
    if (rtpCapabilities === undefined) return undefined
    // A picture begins with a key frame, which is lost on a browser that does not know of it yet.
    const isFirst = this.#transports.isNew('receive') && this.#received.size === 1
    // Nodes of an earlier version take no wish.
    const flowing = joined.consumers !== undefined && (kind === 'audio' || isFirst)
    const wish = flowing ? { paused: false } : {}
    try {
      const consumer = await connection.call('room.consume', { room, producer: id, rtpCapabilities, ...wish })
      return { told: consumer, paused: !flowing, byJoin: false }
    } catch (error) {
      this.#failed(error)
      return undefined
    }
  }

  async #attach(received: Received, made: Made | undefined): Promise<void> {
    const transport = this.#transports.get('receive')
    const { id, participant, source } = received.info
    if (transport === undefined || made === undefined) return
    const { told, paused, byJoin } = made
    try {
      const consumer = await transport.consume({
        id: told.id,
        producerId: id,
        kind: told.producer.kind,
        rtpParameters: told.rtpParameters,
        streamId: source === 'screen' ? `${participant}-screen` : participant,
      })
      const current = this.#received.get(id)
      if (this.#ended || current === undefined) {
        consumer.close()
        return
      }
      const attached = { ...current, consumer }
      this.#received.set(id, attached)
      this.#streamOf(received.info)?.addTrack(consumer.track)
      this.#options.onChange()
      // One that is paused was so that its first key frame finds a track that is ready.
      await Promise.all([this.#transports.connected('receive'), this.#wish(attached, paused)])
      const now = this.#received.get(id)
      if (now?.consumer === consumer) this.#received.set(id, { ...now, flowing: true })
    } catch (error) {
      if (byJoin && !this.#ended) await this.#attach(received, await this.#make(received))
      else this.#failed(error)
    }
  }

  /**
   * Ended meanwhile, or the whole join did: whoever ended it says so in an event. What this browser cannot receive
   * (UNSUPPORTED) it could not after another join either.
   */
  #failed(error: unknown): void {
    if (this.#ended || (error instanceof VisavisError && !error.retryable)) return
    this.#options.onBroken('a participant could not be received')
  }
}
