/** What one join sends: a producer for each of camera, microphone and screen that follows what the person has chosen. */
import type { types } from 'mediasoup-client'
import { VisavisError } from '../src/protocol/errors.ts'
import type { ResultOf, Source } from '../src/protocol/index.ts'
import type { KnownDevice } from './device.ts'
import { encodingsOf, microphoneOptions, screenEncoding } from './encodings.ts'
import type { Line } from './room-line.ts'
import { sources, type Transports } from './transports.ts'

/** The first picture is a small one: by then it is there, and the next larger one may keep this device busy, and so on. */
const smallForMs = 1_000
/** A line that is made at all is made by then; or else the other tracks wait for it as the first one does. */
const connectsWithinMs = 1_000

export interface SendingOptions {
  readonly connection: Pick<Line, 'call'>
  readonly room: string
  readonly joined: ResultOf<'room.join'>
  /** Of an earlier join. */
  readonly known: KnownDevice | undefined
  /** What is to be sent of a source at this moment. */
  readonly track: (source: Source) => MediaStreamTrack | undefined
  readonly isPaused: (source: Source) => boolean
  /** Whether this person may send at all. */
  readonly maySend: (source: Source) => boolean
  /** No pictures are sent or received. */
  readonly isAudioOnly: () => boolean
  /** Somebody else shows their screen already. */
  readonly onScreenRefused: (error: VisavisError) => void
}

export class Sending {
  readonly #options: SendingOptions
  readonly #transports: Transports
  readonly #sent = new Map<Source, types.Producer>()
  /** One after the other for each source: what is sent follows what was chosen last. */
  readonly #turns = new Map<Source, Promise<void>>()
  /** Pictures are held back to protect the sound. */
  #held = false
  #begun = false
  /** A camera starts with its smallest encoding. Measured and proven in Chromium; other browsers begin with all there is. */
  #beginsSmall = false
  #ended = false

  constructor(options: SendingOptions, transports: Transports) {
    this.#options = options
    this.#transports = transports
  }

  /** Whether nothing of a source is to be seen or heard. */
  isPaused(source: Source): boolean {
    return this.#options.isPaused(source) || (source !== 'microphone' && this.#options.isAudioOnly())
  }

  /** Sends what is chosen of a source now: a new track, none, or the same one paused or not. */
  send(source: Source): Promise<void> {
    const next = (this.#turns.get(source) ?? Promise.resolve()).catch(() => {}).then(() => this.#send(source))
    this.#turns.set(source, next)
    return next
  }

  /** The transports are open: until then everything waits. @param handlerName of mediasoup, for this browser. */
  async begin(handlerName: string): Promise<void> {
    this.#begun = true
    this.#beginsSmall = handlerName.startsWith('Chrome') && this.#isAwaited
    const [first, ...others] = sources
    const sent = this.send(first)
    if (this.#options.known === undefined) {
      await sent
      // A browser that negotiates the next track begins neither ICE nor DTLS, and all of it would come later. After an
      // interruption the others begin as well, and would negotiate what comes late while they wait for a picture.
      if (this.#sent.has(first)) await this.#transports.flowing('send', connectsWithinMs)
    }
    await Promise.all([sent, ...others.map((source) => this.send(source))])
  }

  hold(held: boolean): void {
    this.#held = held
    for (const source of ['camera', 'screen'] as const) void this.send(source).catch(() => {})
  }

  /** On a new connection. @returns whether the server still has all that is sent. */
  resumed(sent: ResultOf<'room.resume'>['sent']): boolean {
    for (const [source, { id }] of this.#sent) {
      const known = sent.find((info) => info.id === id)
      if (known === undefined) return false
      const paused = this.isPaused(source)
      if (known.paused !== paused && !known.held) void this.#setPaused(source, paused).catch(() => {})
    }
    return true
  }

  /** Nothing more is sent, and producers stay: closing them is work. */
  silence(): void {
    for (const producer of this.#sent.values()) void producer.replaceTrack({ track: null }).catch(() => {})
  }

  end(): void {
    this.#ended = true
  }

  async #send(source: Source): Promise<void> {
    const transport = this.#transports.get('send')
    if (!this.#begun || this.#ended || transport === undefined) return
    const chosen = this.#options.track(source)
    const track = chosen?.readyState === 'live' ? chosen : undefined
    const sent = this.#sent.get(source)
    if (!this.#options.maySend(source)) {
      if (sent !== undefined) this.#stop(source, sent)
      return
    }
    if (sent === undefined) {
      if (track !== undefined) await this.#produce(transport, source, track)
      return
    }
    if (source === 'screen' && track === undefined) {
      this.#stop(source, sent)
      return
    }
    const paused = this.isPaused(source)
    // A camera that nobody may see sends nothing; a microphone sends its silence, so that the first word is not lost.
    const silent = source !== 'microphone' && (paused || this.#held)
    if (sent.closed) return
    await sent.replaceTrack({ track: silent ? null : (track ?? null) })
    await this.#setPaused(source, paused)
  }

  async #produce(transport: types.Transport, source: Source, track: MediaStreamTrack): Promise<void> {
    // Devices go on when the transport ends: the next join sends the same tracks.
    const kept = { stopTracks: false, disableTrackOnPause: false, appData: { source } }
    const asked = this.isPaused(source)
    const producer = await transport.produce({ track, ...encodingOf(source, track, this.#beginsSmall), ...kept })
    try {
      await Promise.all([this.#transports.connected('send'), this.#transports.produced(source)])
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
    if (this.isPaused(source) !== asked || this.#options.track(source) !== track) await this.#send(source)
  }

  /** A talk was interrupted, or somebody is there already: pictures of both are waited for, and encoders keep them back. */
  get #isAwaited(): boolean {
    const { known, joined } = this.#options
    return known !== undefined || joined.participants.length > 0
  }

  /** The other encodings follow, one after the other: encoders that start together make the picture stand still. */
  #enlargeSoon(producer: types.Producer): void {
    const largest = (producer.rtpParameters.encodings?.length ?? 1) - 1
    let layer = 0
    const enlarge = () => {
      layer += 1
      if (layer >= largest) clearInterval(timer)
      if (layer <= largest) void producer.setMaxSpatialLayer(layer).catch(() => {})
    }
    const timer = setInterval(enlarge, smallForMs)
    producer.observer.once('close', () => clearInterval(timer))
  }

  #stop(source: Source, producer: types.Producer): void {
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
}

function encodingOf(source: Source, track: MediaStreamTrack, beginsSmall: boolean): Partial<types.ProducerOptions> {
  if (source === 'microphone') return { codecOptions: microphoneOptions }
  return source === 'screen' ? screenEncoding : encodingsOf(track.getSettings(), beginsSmall)
}
