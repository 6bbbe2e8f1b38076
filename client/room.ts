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
 */
import { VisavisError } from '../src/protocol/errors.ts'
import type { DataOf, EventName, Source } from '../src/protocol/index.ts'
import { backoffMs } from './backoff.ts'
import { Listeners } from './listeners.ts'
import type { RoomLine } from './room-line.ts'
import type { Remote, RoomMedia } from './room-media.ts'

export type RoomState = 'joining' | 'in' | 'rejoining' | 'left'

export interface JoinOptions {
  /** Camera and microphone, from `openCamera()`; absent: the person only watches and listens. Stopped by `leave()`. */
  readonly stream?: MediaStream | undefined
}

/** Given up when a rejoin has failed for so long. */
const rejoinForMs = 60_000
/** A join that lasted so long was a good one. */
const steadyMs = 5_000

export class Room {
  readonly id: string
  /** Resolves when the person is in for the first time; rejects with a VisavisError when that is refused. */
  readonly ready: Promise<void>
  readonly local: MediaStream | undefined
  readonly #connection: RoomLine
  readonly #changed = new Listeners<[]>()
  readonly #stop: (() => void)[]
  readonly #paused = new Map<Source, boolean>()
  #state: RoomState = 'joining'
  #media: RoomMedia | undefined
  #error: Error | undefined
  /** Counts joins: what a superseded one still answers is of no interest. */
  #join = 0
  #enteredAt = Number.NEGATIVE_INFINITY
  /** Rejoins in a row that did not last. */
  #hasty = 0

  constructor(connection: RoomLine, id: string, { stream }: JoinOptions = {}) {
    this.id = id
    this.local = stream
    this.#connection = connection
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
      on('room.producerChanged', (media, { producer, paused }) => media.producerChanged(producer, paused)),
      on('room.producerClosed', (media, { producer }) => media.producerClosed(producer)),
      connection.on('room.closed', ({ room, reason }) => {
        if (room === id && reason !== 'replaced') this.#rejoin()
      }),
      connection.onState((state, before) => {
        if (state === 'open' && before === 'recovering') void this.#resume()
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

  has(source: Source): boolean {
    return this.#tracks(source).some(({ readyState }) => readyState === 'live')
  }

  isPaused(source: Source): boolean {
    return this.#paused.get(source) ?? false
  }

  /** Mutes at once on this device, and at the server, which tells the others. */
  setPaused(source: Source, paused: boolean): void {
    this.#paused.set(source, paused)
    for (const track of this.#tracks(source)) track.enabled = !paused
    this.#changed.emit()
    // A participant that is gone is joined anew with the same choice.
    void this.#media?.setPaused(source, paused).catch(() => {})
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

  #tracks(source: Source): MediaStreamTrack[] {
    return (source === 'camera' ? this.local?.getVideoTracks() : this.local?.getAudioTracks()) ?? []
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
      if (this.#media === media && this.#connection.state === 'open') this.#rejoin()
    }
  }

  #rejoin(): void {
    if (this.#state === 'left' || this.#state === 'joining') return
    this.#lose()
    // At once, unless two in a row did not last: a worker that dies early is bad luck, one after the other is no accident.
    this.#hasty = performance.now() - this.#enteredAt > steadyMs ? 0 : this.#hasty + 1
    void this.#enter(this.#hasty <= 1 ? 0 : backoffMs(this.#hasty - 1, Math.random())).catch(() => {})
  }

  /** The media is gone; local camera and microphone stay on. */
  #lose(): void {
    if (this.#state === 'left' || this.#state === 'joining') return
    this.#join += 1
    this.#media?.close()
    this.#media = undefined
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
    const { RoomMedia } = await import('./room-media.ts')
    const joined = await connection.call('room.join', { room: this.id })
    if (superseded()) return
    const media: RoomMedia = new RoomMedia({
      connection,
      room: this.id,
      joined,
      local: this.local,
      isPaused: (source) => this.isPaused(source),
      onChange: () => this.#changed.emit(),
      onBroken: () => {
        if (this.#media === media) this.#rejoin()
      },
    })
    this.#media = media
    this.#changed.emit()
    await media.open()
    if (this.#media !== media) return
    this.#enteredAt = performance.now()
    this.#set('in')
  }

  #end(error: Error | undefined): void {
    if (this.#state === 'left') return
    this.#error = error
    for (const stop of this.#stop) stop()
    this.#connection.close()
    this.#media?.close()
    this.#media = undefined
    for (const track of this.local?.getTracks() ?? []) track.stop()
    this.#set('left')
  }

  #set(state: RoomState): void {
    this.#state = state
    this.#changed.emit()
  }
}
