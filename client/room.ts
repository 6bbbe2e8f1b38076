/**
 * One person's presence in a room, across rejoins.
 *
 * | state     | enters                                                       | leaves                           |
 * |-----------|--------------------------------------------------------------|----------------------------------|
 * | joining   | rooms.join()                                                 | in → in; refused, leave() → left |
 * | in        | transports are open and what the person sends is sent        | media lost → rejoining; leave() → left |
 * | rejoining | the worker died, the network under the media was lost, or the node did not keep the place | in → in; refused, leave() → left |
 * | left      | leave(), or a refusal                                        | never                            |
 *
 * A lost connection alone changes nothing: media goes on without it, and the next one takes the participant up again.
 * What is done about media that is lost is decided by client/continuity.ts, and can be seen in `continuity`.
 */
import { VisavisError } from '../src/protocol/errors.ts'
import type { DataOf, EventName, Quality, ResultOf, Source } from '../src/protocol/index.ts'
import { backoffMs } from './backoff.ts'
import type { Continuity } from './continuity.ts'
import type { KnownDevice } from './device.ts'
import { Ladder } from './ladder.ts'
import { Listeners } from './listeners.ts'
import { type Device, LocalMedia } from './local-media.ts'
import { hastyNow, rejoinWaitMs } from './rejoin-wait.ts'
import type { RoomLine } from './room-line.ts'
import type { Remote, RoomMedia } from './room-media.ts'
import { Viewing } from './viewing.ts'

export type RoomState = 'joining' | 'in' | 'rejoining' | 'left'

export interface JoinOptions {
  /** Camera and microphone, from `openCamera()`; absent: the person only watches and listens. Stopped by `leave()`. */
  readonly stream?: MediaStream | undefined
  /** `relay`: media goes over a TURN server and no other way. Default `all`: the best way there is. */
  readonly iceTransportPolicy?: RTCIceTransportPolicy | undefined
  /** Where one may not always send: whether one may now. `sendingChanged()` tells that it is otherwise. */
  readonly maySend?: ((source: Source) => boolean) | undefined
}

/** Given up when a rejoin has failed for so long. */
const rejoinForMs = 60_000

export class Room {
  readonly id: string
  /** Resolves when the person is in for the first time; rejects with a VisavisError when that is refused. */
  readonly ready: Promise<void>
  readonly #local: LocalMedia
  readonly #ladder: Ladder
  readonly #viewing: Viewing
  readonly #iceTransportPolicy: RTCIceTransportPolicy
  readonly #maySend: (source: Source) => boolean
  readonly #connection: RoomLine
  readonly #changed = new Listeners<[]>()
  readonly #stop: (() => void)[]
  #audioOnly = false
  #screenRefused: VisavisError | undefined
  #state: RoomState = 'joining'
  #media: RoomMedia | undefined
  /** Of earlier joins, until the present one flows. */
  readonly #retired = new Set<RoomMedia>()
  #known: KnownDevice | undefined
  #error: Error | undefined
  /** Counts joins: what a superseded one still answers is of no interest. */
  #join = 0
  #enteredAt = Number.NEGATIVE_INFINITY
  /** Rejoins in a row that did not last. */
  #hasty = 0
  #hadRelay = false
  /** Whether a join says what this browser can receive. */
  #saysReceivable = true
  #RoomMedia: typeof RoomMedia | undefined

  constructor(connection: RoomLine, id: string, options: JoinOptions = {}) {
    const { stream, iceTransportPolicy = 'all', maySend = () => true } = options
    this.id = id
    this.#maySend = maySend
    this.#iceTransportPolicy = iceTransportPolicy
    this.#connection = connection
    this.#local = new LocalMedia(stream, {
      onTrack: (source) => void this.#media?.send(source).catch(() => {}),
      onChange: () => this.#changed.emit(),
    })
    this.#viewing = new Viewing({
      onWish: (key) => {
        const [participant, source] = key.split(' ')
        this.#media?.wishesChanged(participant, source as Source)
      },
    })
    this.#ladder = new Ladder({
      hasRelay: () => this.#media?.hasRelay ?? this.#hadRelay,
      isPossible: () => connection.state === 'open' && this.#state === 'in',
      act: (act) => {
        if (act === 'restart-ice') this.#media?.restartIce()
        else if (act === 'rejoin') this.#rejoin()
        else this.#picturesChanged()
      },
      onChange: () => this.#changed.emit(),
    })
    const on = <E extends EventName>(event: E, handle: (media: RoomMedia, data: DataOf<E>) => void) =>
      connection.on(event, (data) => {
        if (!('room' in data) || data.room !== id || this.#media === undefined) return
        handle(this.#media, data)
        this.#changed.emit()
      })
    this.#stop = [
      on('room.participantJoined', (media, { participant }) => media.participantJoined(participant)),
      on('room.participantLeft', (media, { participant }) => media.participantLeft(participant)),
      on('room.producerOpened', (media, { producer }) => media.producerOpened(producer)),
      on('room.producerChanged', (media, { producer, ...state }) => media.producerChanged({ id: producer, ...state })),
      on('room.producerClosed', (media, { producer }) => media.producerClosed(producer)),
      on('room.qualityChanged', (media, { lines }) => media.qualityChanged(lines)),
      on('room.speakerChanged', (media, { participant }) => media.speakerChanged(participant)),
      on('room.videoHeld', (media, held) => media.videoHeld(held)),
      connection.on('room.closed', ({ room, reason }) => {
        if (room !== id) return
        const final = endings[reason]
        if (final === undefined) this.#broken()
        else this.#end(final())
      }),
      connection.onState((state, before) => {
        if (state === 'open' && before === 'recovering') void this.#resume()
        // What was tried meanwhile could not be.
        if (state === 'open') this.#ladder.begins()
        if (state === 'closed') this.#end(connection.failure)
      }),
    ]
    this.ready = this.#enter()
    this.ready.catch(() => {})
  }

  get state(): RoomState {
    return this.#state
  }

  /** Everybody else in the room. */
  get remotes(): readonly Remote[] {
    return this.#media?.remotes ?? []
  }

  /** Why the person is out of the room, if not by their own will. */
  get error(): Error | undefined {
    return this.#error
  }

  /** What is done about media that does not get through; `rung` is `steady` when all is well. */
  get continuity(): Continuity {
    return this.#ladder.state
  }

  /** How good one's own line is: the worse of both ways. */
  get quality(): Quality {
    return this.#media?.quality ?? 'good'
  }

  /** Whether pictures from here, or to here, are held back because the line would not carry the sound beside them. */
  get held(): { readonly sending: boolean; readonly receiving: boolean } {
    return this.#media?.held ?? { sending: false, receiving: false }
  }

  /** In rooms of three and more: whether one speaks, or spoke last. */
  get speaks(): boolean {
    return this.#media?.speaks ?? false
  }

  /** Camera and microphone: the same object all the time. A camera that is off has no track in it. */
  get local(): MediaStream | undefined {
    return this.#local.stream
  }

  /** One's own screen, while it is shown. */
  get screen(): MediaStream | undefined {
    return this.#local.screen
  }

  /** Why a device could not be opened the last time it was asked for. */
  problem(source: Source): DOMException | undefined {
    return this.#local.problem(source)
  }

  /** Whether this device has one, also if it is switched off. */
  has(source: Source): boolean {
    return this.#local.has(source)
  }

  isPaused(source: Source): boolean {
    return this.#local.isPaused(source)
  }

  /**
   * Mutes at once on this device, and at the server, which tells the others. A camera is closed, so that its light goes
   * off, and opened again: `problem` tells if that fails. Never rejects.
   */
  async setPaused(source: Source, paused: boolean): Promise<void> {
    const done = this.#local.setPaused(source, paused)
    this.#changed.emit()
    // A participant that is gone is joined anew with the same choice.
    void this.#media?.send(source).catch(() => {})
    await done
    this.#changed.emit()
  }

  /**
   * Another camera or microphone, without leaving. @param deviceId of `navigator.mediaDevices.enumerateDevices()`.
   * @throws DOMException of getUserMedia; the one in use stays in use.
   */
  useDevice(device: Device, deviceId: string): Promise<void> {
    return this.#local.use(device, deviceId)
  }

  /** Opens a camera or microphone that one came without. @throws DOMException of getUserMedia. */
  openDevice(device: Device): Promise<void> {
    return this.#local.open(device)
  }

  /** What may be sent is not what it was (`maySend`). What may not be sent any more is closed, the devices too. */
  sendingChanged(): void {
    if (!this.#maySend('microphone')) this.#local.closeDevices()
    if (!this.#maySend('screen')) this.#local.stopScreen()
    for (const source of ['microphone', 'camera', 'screen'] as const) void this.#media?.send(source).catch(() => {})
    this.#changed.emit()
  }

  /**
   * Shows a screen or a window to the others until `stopScreen()`, or until the browser's own button ends it.
   * @throws DOMException of getDisplayMedia, NotAllowedError when the person says no; VisavisError CONFLICT while somebody
   * else shows theirs.
   */
  async shareScreen(): Promise<void> {
    if (this.remotes.some(({ screen }) => screen !== undefined)) throw screenTaken()
    await this.#local.startScreen()
    this.#changed.emit()
    this.#screenRefused = undefined
    await this.#media?.send('screen')
    const refused: VisavisError | undefined = this.#screenRefused
    if (refused !== undefined) throw refused
  }

  stopScreen(): void {
    this.#local.stopScreen()
  }

  /** Whether pictures are left out, by this person's choice or because the line carries none. */
  get audioOnly(): boolean {
    return this.#audioOnly || this.#ladder.state.audioOnly
  }

  /** Neither sends nor receives pictures. What the ladder of `continuity` left out is left out all the same. */
  setAudioOnly(audioOnly: boolean): void {
    this.#audioOnly = audioOnly
    this.#picturesChanged()
    this.#changed.emit()
  }

  /**
   * Tells that an element shows a picture: only as large a one is received, and none while nobody can see it. Without any
   * element a picture is received in full. @returns stops it, when the element is taken away.
   */
  watch(participant: string, source: Exclude<Source, 'microphone'>, element: HTMLVideoElement): () => void {
    return this.#viewing.watch(`${participant} ${source}`, element)
  }

  onChange(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  /** The network has changed: media finds its new way without waiting for the old one to time out. */
  restartIce(): void {
    this.#media?.restartIce()
  }

  /** Also switches camera and microphone off. Calling it twice is harmless. */
  leave(): void {
    if (this.#state === 'left') return
    const gone = this.#connection.state !== 'open'
    if (!gone) void this.#connection.call('room.leave', { room: this.id }).catch(() => {})
    this.#end(undefined)
  }

  /** This join has come to its end, which is no fault of the line. */
  #broken(): void {
    if (this.#state === 'in') this.#ladder.happened('broken')
    else this.#rejoin()
  }

  #picturesChanged(): void {
    for (const source of ['camera', 'screen'] as const) void this.#media?.send(source).catch(() => {})
    this.#media?.wishesChanged()
  }

  /** On a new connection. */
  async #resume(): Promise<void> {
    const media = this.#media
    if (media === undefined) return
    try {
      media.resumed(await this.#connection.call('room.resume', { room: this.id }))
      this.#changed.emit()
    } catch {
      // Lost with this connection: the next one asks again. A join in progress finds out by itself, and tries again.
      if (this.#media === media && this.#connection.state === 'open') this.#broken()
    }
  }

  #rejoin(): void {
    if (this.#state === 'left' || this.#state === 'joining') return
    // Local camera and microphone stay on.
    const former = this.#media
    this.#media = undefined
    this.#hasty = hastyNow(this.#hasty, performance.now() - this.#enteredAt)
    void this.#enter(rejoinWaitMs(this.#hasty, Math.random())).catch(() => {})
    if (former !== undefined) {
      former.retire()
      this.#retired.add(former)
    }
    this.#set('rejoining')
  }

  async #enter(waitMs = 0): Promise<void> {
    this.#join += 1
    const join = this.#join
    const superseded = () => join !== this.#join || this.#state === 'left'
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
    const deadline = performance.now() + rejoinForMs
    for (let failures = 0; !superseded(); failures += 1) {
      try {
        await this.#joinOnce(superseded)
        return
      } catch (error) {
        if (superseded()) break
        this.#media?.close()
        this.#media = undefined
        // GONE: what was just joined ended again, for example with its worker.
        const again = error instanceof VisavisError && (error.retryable || error.code === 'GONE')
        const waitMs = backoffMs(failures, Math.random(), error instanceof VisavisError ? error.retryAfterMs : 0)
        if (!again || performance.now() + waitMs > deadline) {
          this.#end(error instanceof Error ? error : new Error(String(error)))
          throw error
        }
        await new Promise((resolve) => setTimeout(resolve, waitMs))
      }
    }
    if (this.#state === 'left') throw new VisavisError('GONE', 'the room was left')
  }

  async #joinOnce(superseded: () => boolean): Promise<void> {
    const connection = this.#connection
    // Loaded on demand, because people who only chat need none of it.
    const RoomMedia = this.#RoomMedia ?? (await import('./room-media.ts')).RoomMedia
    this.#RoomMedia = RoomMedia
    RoomMedia.prepare()
    const joined = await this.#ask(RoomMedia.receivable)
    if (superseded()) return
    const media: RoomMedia = new RoomMedia({
      connection,
      room: this.id,
      joined,
      known: this.#known,
      track: (source) => this.#local.track(source),
      iceTransportPolicy: this.#iceTransportPolicy,
      isPaused: (source) => this.isPaused(source),
      maySend: this.#maySend,
      isAudioOnly: () => this.audioOnly,
      relayOnly: this.#ladder.state.relayOnly,
      wish: (participant, source) => this.#viewing.wish(`${participant} ${source}`),
      onChange: () => this.#changed.emit(),
      onScreenRefused: (error) => {
        this.#screenRefused = error
        this.stopScreen()
      },
      onLost: () => {
        if (this.#media !== media) return
        connection.probe()
        this.#ladder.happened('lost')
      },
      onFlows: () => {
        if (this.#media === media) this.#flows()
      },
      onBroken: () => {
        if (this.#media === media) this.#broken()
      },
    })
    this.#hadRelay = media.hasRelay
    this.#media = media
    this.#changed.emit()
    await media.open()
    if (this.#media !== media) return
    this.#known = media.known
    this.#enteredAt = performance.now()
    this.#set('in')
    this.#ladder.begins()
    // With nobody to hear and nothing to send there is nothing to be lost.
    if (media.isIdle) this.#flows()
  }

  /** With all that saves further questions, as far as the node knows of it. */
  async #ask(rtpCapabilities: typeof RoomMedia.receivable): Promise<ResultOf<'room.join'>> {
    const params = { room: this.id, withTransports: true } as const
    if (rtpCapabilities === undefined || !this.#saysReceivable) return await this.#connection.call('room.join', params)
    try {
      return await this.#connection.call('room.join', { ...params, rtpCapabilities })
    } catch (error) {
      // A node of an earlier version takes no name that it does not know: everything is asked for one by one, as then.
      if (!(error instanceof VisavisError) || error.code !== 'BAD_REQUEST') throw error
      this.#saysReceivable = false
      return await this.#connection.call('room.join', params)
    }
  }

  #flows(): void {
    for (const former of this.#retired) former.succeeded()
    this.#retired.clear()
    this.#ladder.happened('flows')
  }

  #end(error: Error | undefined): void {
    if (this.#state === 'left') return
    this.#error = error
    for (const stop of this.#stop) stop()
    this.#ladder.close()
    this.#viewing.close()
    this.#connection.close()
    this.#media?.close()
    this.#media = undefined
    for (const former of this.#retired) former.close()
    this.#local.close()
    this.#set('left')
  }

  #set(state: RoomState): void {
    this.#state = state
    this.#changed.emit()
  }
}

/** After these nobody joins again by themselves. */
const endings: Readonly<Partial<Record<DataOf<'room.closed'>['reason'], () => VisavisError>>> = {
  replaced: () =>
    new VisavisError('CONFLICT', 'this person has entered from another device', { details: { reason: 'replaced' } }),
  ended: () => new VisavisError('GONE', 'the workshop has ended', { details: { reason: 'ended' } }),
}

const screenTaken = () =>
  new VisavisError('CONFLICT', 'somebody else shows their screen', { details: { reason: 'screen-taken' } })
