/** How one participant is told things: over the connection that their session has at the moment, if it has one. */
import type { DataOf, EventName } from '../protocol/index.ts'

export type RoomEventName = Extract<EventName, `room.${string}` | `floor.${string}`>
/** Tells one participant something. Must not throw; whether it arrives is the connection's affair. */
export type Notify = <E extends RoomEventName>(event: E, data: DataOf<E>) => void

/** One connection of a session. */
export interface Line {
  readonly connection: string
  readonly notify: Notify
  /** No media comes any more: asks whether anybody is still there, and closes the connection soon if nobody answers. */
  readonly probe: () => void
}

export class Reach {
  #line: Line | undefined
  /** Waits for the next turn of the event loop, so that no event can overtake the answer to a join. */
  #held: (() => void)[] | undefined

  constructor(line: Line) {
    this.attach(line)
  }

  get attached(): boolean {
    return this.#line !== undefined
  }

  /** Whether there is no other connection in use. */
  isOnly(connection: string): boolean {
    return this.#line === undefined || this.#line.connection === connection
  }

  attach(line: Line): void {
    this.#line = line
    if (this.#held !== undefined) return
    this.#held = []
    setImmediate(() => {
      const held = this.#held ?? []
      this.#held = undefined
      for (const tell of held) tell()
    })
  }

  /** @returns whether this connection was the one in use; a newer one may have taken its place. */
  detach(connection: string): boolean {
    if (this.#line?.connection !== connection) return false
    this.#line = undefined
    return true
  }

  /** Lost without a connection: whoever comes back is told how everything stands. */
  notify<E extends RoomEventName>(event: E, data: DataOf<E>): void {
    const line = this.#line
    const tell = () => line?.notify(event, data)
    if (this.#held === undefined) tell()
    else this.#held.push(tell)
  }

  probe(): void {
    this.#line?.probe()
  }
}
