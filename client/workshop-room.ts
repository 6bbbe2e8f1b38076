/**
 * The room of a workshop: a room, and its floor. Whoever takes part comes without camera and microphone, raises a hand, and opens
 * them once they have the floor; whoever loses it has them closed.
 */
import { VisavisError } from '../src/protocol/errors.ts'
import type { FloorView } from '../src/protocol/index.ts'
import { makeKey } from './key.ts'
import { Listeners } from './listeners.ts'
import { insist } from './retry.ts'
import type { Room } from './room.ts'
import type { RoomLine } from './room-line.ts'

/** For so long a hand that is raised is sent again, if the connection is lost under it. */
const insistMs = 15_000
const nobody: FloorView = { version: -1, hands: 0, speakers: [], raised: false, maySpeak: false, most: 1 }

export class WorkshopRoom {
  readonly room: Room
  /** Whether this person hosts it. */
  readonly host: boolean
  readonly #line: RoomLine
  readonly #changed = new Listeners<[]>()
  readonly #muted = new Listeners<[]>()
  readonly #stop: (() => void)[]
  #floor = nobody
  #wasIn = false

  /** @param open makes the room, given who may send in it. */
  constructor(host: boolean, open: (maySend: () => boolean) => { room: Room; line: RoomLine }) {
    this.host = host
    // Before the first answer a host may, and nobody else.
    const { room, line } = open(() => this.host || this.#floor.maySpeak)
    this.room = room
    this.#line = line
    this.#stop = [
      line.on('floor.changed', ({ room: id, floor }) => {
        if (id === room.id) this.#take(floor)
      }),
      line.on('floor.muted', ({ room: id }) => {
        if (id !== room.id) return
        void room.setPaused('microphone', true)
        this.#muted.emit()
      }),
      line.onState((state) => {
        if (state === 'open' && room.state === 'in') void this.#ask()
      }),
      room.onChange(() => {
        const isIn = room.state === 'in'
        if (isIn && !this.#wasIn) void this.#ask()
        this.#wasIn = isIn
        if (room.state === 'left') this.#close()
        this.#changed.emit()
      }),
    ]
  }

  /** As it was told last; version -1 until then. */
  get floor(): FloorView {
    return this.#floor
  }

  /** Called when anything of the room or the floor changes. */
  onChange(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  /** The host has muted this person. */
  onMuted(listener: () => void): () => void {
    return this.#muted.add(listener)
  }

  async raiseHand(): Promise<void> {
    await this.#act((key, timeoutMs) => this.#line.call('floor.raise', { room: this.room.id, key }, { timeoutMs }))
  }

  /** One's own; for the host that of a seat, or all of them. */
  async lowerHand(seat?: string): Promise<void> {
    const of = seat === undefined ? {} : { seat }
    await this.#act((key, timeoutMs) =>
      this.#line.call('floor.lower', { room: this.room.id, key, ...of }, { timeoutMs }),
    )
  }

  /** For the host. @throws VisavisError CONFLICT when as many have the floor as may. */
  async giveFloor(seat: string): Promise<void> {
    await this.#act((key, timeoutMs) => this.#line.call('floor.give', { room: this.room.id, key, seat }, { timeoutMs }))
  }

  /** For the host, or for whoever gives back their own. */
  async takeFloor(seat: string): Promise<void> {
    await this.#act((key, timeoutMs) => this.#line.call('floor.take', { room: this.room.id, key, seat }, { timeoutMs }))
  }

  /** For the host: pauses a microphone, which its owner may resume. */
  async mute(seat: string): Promise<void> {
    await this.#act((key, timeoutMs) => this.#line.call('floor.mute', { room: this.room.id, key, seat }, { timeoutMs }))
  }

  leave(): void {
    this.room.leave()
  }

  async #act(call: (key: string, timeoutMs: number) => Promise<{ floor: FloorView }>): Promise<void> {
    const key = makeKey()
    this.#take((await insist((timeoutMs) => call(key, timeoutMs), insistMs)).floor)
  }

  /** After a join, and whenever something may have been missed. */
  async #ask(): Promise<void> {
    try {
      this.#take((await this.#line.call('floor.state', { room: this.room.id })).floor)
    } catch (error) {
      // It is asked again with the next connection or join.
      if (!(error instanceof VisavisError)) throw error
    }
  }

  #take(floor: FloorView): void {
    if (floor.version < this.#floor.version) return
    const might = this.#floor.maySpeak
    this.#floor = floor
    if (might !== floor.maySpeak) this.room.sendingChanged()
    this.#changed.emit()
  }

  #close(): void {
    for (const stop of this.#stop) stop()
  }
}
