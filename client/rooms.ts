/** The rooms this person is in. */
import type { AttemptCause } from '../src/protocol/index.ts'
import type { Connection } from './connection.ts'
import { watchJoin } from './join-watch.ts'
import { type JoinOptions, Room } from './room.ts'

export class Rooms {
  readonly #connection: Connection
  readonly #onFailed: (room: string, cause: AttemptCause) => void
  readonly #rooms = new Map<string, Room>()

  /** @param onFailed somebody does not get into a room, or is not kept in it. */
  constructor(connection: Connection, onFailed: (room: string, cause: AttemptCause) => void = () => {}) {
    this.#connection = connection
    this.#onFailed = onFailed
  }

  /** Enters the room of a jobseeker. Whoever is in it already is told so by the same object. */
  join(id: string, options: JoinOptions = {}): Room {
    const known = this.#rooms.get(id)
    if (known !== undefined && known.state !== 'left') return known
    const room = new Room(this.#connection, id, options)
    this.#rooms.set(id, room)
    watchJoin(room, this.#connection, (cause) => this.#onFailed(id, cause))
    return room
  }

  /** The network has changed. */
  restartIce(): void {
    for (const room of this.#rooms.values()) room.restartIce()
  }

  close(): void {
    for (const room of this.#rooms.values()) room.leave()
  }
}
