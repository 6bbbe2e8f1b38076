/** For supervisors: how the callbacks of their team or region stand, live, and what they may do about it. */
import type { Board, Callback } from '../src/protocol/index.ts'
import type { Connection } from './connection.ts'
import { Listeners } from './listeners.ts'
import { Refresh } from './refresh.ts'

export class CallbackBoard {
  readonly #connection: Connection
  readonly #changed = new Listeners<[]>()
  readonly #refresh: Refresh
  #board: Board | undefined

  constructor(connection: Connection) {
    this.#connection = connection
    this.#refresh = new Refresh(connection, async () => {
      this.#know((await connection.call('callback.board', {})).board)
    })
    this.#refresh.onSettled(() => this.#changed.emit())
    connection.on('callback.boardChanged', ({ board }) => this.#know(board))
    connection.onState((state) => {
      // Changes during an interruption are told to nobody.
      if (state === 'open' && connection.session?.identity.role === 'supervisor') this.#refresh.now()
    })
  }

  /** Undefined until it is known. */
  get board(): Board | undefined {
    return this.#board
  }

  get error(): Error | undefined {
    return this.#refresh.error
  }

  onChange(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  /** Asks for the board again. Events tell what becomes of callbacks and desks, but not that the clock goes on. */
  refresh(): void {
    this.#refresh.now()
  }

  /** The longest waiting of a team. @param team '' for advisors without one. */
  async waiting(team: string): Promise<readonly Callback[]> {
    return (await this.#connection.call('callback.waiting', { team })).callbacks
  }

  async raise(callback: string, priority: number, reason: string): Promise<Callback> {
    return (await this.#connection.call('callback.raise', { callback, priority, reason })).callback
  }

  async reassign(callback: string, to: string, reason: string): Promise<Callback> {
    return (await this.#connection.call('callback.reassign', { callback, to, reason })).callback
  }

  /** @param team undefined for the whole region. */
  async pause(team: string | undefined, message: string): Promise<void> {
    await this.#connection.call('callback.pause', { message, ...(team === undefined ? {} : { team }) })
  }

  /** Goes on after a pause. */
  async resume(team: string | undefined): Promise<void> {
    await this.#connection.call('callback.pause', team === undefined ? {} : { team })
  }

  #know(board: Board): void {
    if (this.#board !== undefined && this.#board.at > board.at) return
    this.#board = board
    this.#changed.emit()
  }
}
