/** The rooms this person is in. */
import type { Connection } from './connection.ts'
import { type JoinOptions, Room } from './room.ts'

export class Rooms {
  readonly #connection: Connection
  readonly #rooms = new Map<string, Room>()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Enters the room of a jobseeker. Whoever is in it already is told so by the same object. */
  join(id: string, options: JoinOptions = {}): Room {
    const known = this.#rooms.get(id)
    if (known !== undefined && known.state !== 'left') return known
    const room = new Room(this.#connection, id, options)
    this.#rooms.set(id, room)
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
