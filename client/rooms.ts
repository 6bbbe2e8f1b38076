/** The rooms this person is in. */
import type { AttemptCause } from '../src/protocol/index.ts'
import type { Connection, ConnectOptions } from './connection.ts'
import { watchJoin } from './join-watch.ts'
import { type JoinOptions, Room } from './room.ts'
import { RoomLine } from './room-line.ts'

export interface RoomsOptions extends Pick<ConnectOptions, 'token' | 'log'> {
  /** This person does not get into a room, or is not kept in it. */
  readonly onFailed: (room: string, cause: AttemptCause) => void
}

export class Rooms {
  readonly #connection: Connection
  readonly #options: RoomsOptions
  readonly #rooms = new Map<string, Room>()
  readonly #lines = new Map<string, RoomLine>()

  constructor(connection: Connection, { token, log, onFailed }: RoomsOptions) {
    this.#connection = connection
    this.#options = { token, onFailed, ...(log === undefined ? {} : { log }) }
  }

  /** Enters the room of a jobseeker. Whoever is in it already is told so by the same object. */
  join(id: string, options: JoinOptions = {}): Room {
    const known = this.#rooms.get(id)
    if (known !== undefined && known.state !== 'left') return known
    const { room } = this.open(id, options)
    watchJoin(room, this.#connection, (cause) => this.#options.onFailed(id, cause))
    return room
  }

  /** The same for a room of which nothing is recorded: a workshop's. */
  open(id: string, options: JoinOptions): { room: Room; line: RoomLine } {
    const line = new RoomLine(this.#connection, id, this.#options)
    const room = new Room(line, id, options)
    this.#lines.set(id, line)
    this.#rooms.set(id, room)
    return { room, line }
  }

  /** Where things of a room are asked for: its node, if this person is in it, or else their own. */
  lineOf(id: string): Pick<Connection, 'call'> {
    const inIt = this.#rooms.get(id)?.state !== 'left'
    return (inIt ? this.#lines.get(id) : undefined) ?? this.#connection
  }

  /** The network has changed. */
  restartIce(): void {
    for (const room of this.#rooms.values()) room.restartIce()
  }

  close(): void {
    for (const room of this.#rooms.values()) room.leave()
  }
}
