/** The lobby before a room: for who waits, and for the advisors they wait for. */
import { VisavisError } from '../src/protocol/errors.ts'
import type { OwnVisit, ResultOf, Visit } from '../src/protocol/index.ts'
import { backoffMs } from './backoff.ts'
import type { Connection } from './connection.ts'
import { makeKey } from './key.ts'
import { Listeners } from './listeners.ts'

/** Somebody's own wait for a room. It survives the connection: the place is kept, and taken up again. */
export class Wait {
  readonly room: string
  readonly #connection: Connection
  readonly #changed = new Listeners<[]>()
  readonly #admitted = Promise.withResolvers<void>()
  readonly #stop: (() => void)[]
  #visit: OwnVisit | undefined
  #error: Error | undefined
  #ended = false

  constructor(connection: Connection, room: string) {
    this.room = room
    this.#connection = connection
    this.#admitted.promise.catch(() => {})
    this.#stop = [
      connection.on('lobby.visitChanged', ({ visit }) => {
        if (visit.room === room) this.#set(visit)
      }),
      connection.onState((state) => {
        if (state === 'open') void this.#arrive()
        if (state === 'closed') this.#fail(connection.failure ?? new VisavisError('GONE', 'the connection was closed'))
      }),
    ]
    void this.#arrive()
  }

  /** Undefined until the first answer. */
  get visit(): OwnVisit | undefined {
    return this.#visit
  }

  /** Why this person does not wait any more, if not by their own will. */
  get error(): Error | undefined {
    return this.#error
  }

  /** Resolves when the advisor lets this person in; rejects when that will not happen any more. */
  get admitted(): Promise<void> {
    return this.#admitted.promise
  }

  onChange(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  /** Does not wait any more: the place is given up. Calling it twice is harmless. */
  leave(): void {
    if (this.#ended) return
    void this.#connection.call('lobby.leave', { room: this.room }).catch(() => {})
    this.#fail(new VisavisError('GONE', 'the lobby was left'))
    this.#error = undefined
  }

  async #arrive(): Promise<void> {
    for (let failures = 0; !this.#ended && this.#connection.state === 'open'; failures += 1) {
      try {
        const { visit } = await this.#connection.call('lobby.enter', { room: this.room })
        this.#set(visit)
        return
      } catch (error) {
        const again = error instanceof VisavisError && (error.retryable || error.code === 'GONE')
        if (!again) {
          this.#fail(error instanceof Error ? error : new Error(String(error)))
          return
        }
        await new Promise((resolve) => setTimeout(resolve, backoffMs(failures, Math.random(), error.retryAfterMs)))
      }
    }
  }

  #set(visit: OwnVisit): void {
    if (this.#ended) return
    this.#visit = visit
    if (visit.state === 'admitted') this.#admitted.resolve()
    if (visit.state === 'removed') this.#fail(new VisavisError('FORBIDDEN', 'the advisor has sent this person out'))
    else this.#changed.emit()
  }

  #fail(error: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    for (const stop of this.#stop) stop()
    this.#admitted.reject(error)
    this.#changed.emit()
  }
}

export interface InvitationOptions {
  readonly room: string
  /** Of the one who is invited, as the others will see it. */
  readonly name: string
  /** ms since the epoch; seven days from now at most. */
  readonly expiresAt: number
}

/** `token` opens a session of the one who is invited: `connect({ url, token: () => token })`. */
export type Invitation = ResultOf<'lobby.invite'>

export class Lobby {
  readonly #connection: Connection
  readonly #lineOf: (room: string) => Pick<Connection, 'call'>
  readonly #changed = new Listeners<[]>()
  #waiting: readonly Visit[] = []
  #watching = false

  /** @param lineOf to whoever holds a room: only there is known who is in it. */
  constructor(connection: Connection, lineOf: (room: string) => Pick<Connection, 'call'> = () => connection) {
    this.#connection = connection
    this.#lineOf = lineOf
    connection.on('lobby.waitingChanged', ({ visits }) => this.#set(visits))
    connection.onState((state) => {
      if (state === 'open' && this.#watching) void this.watch().catch(() => {})
    })
  }

  /** For jobseekers and third persons: arrives in the lobby of a room. */
  enter(room: string): Wait {
    return new Wait(this.#connection, room)
  }

  /** For advisors: who is in the lobbies of their rooms, in the order of arrival. Kept up to date after `watch()`. */
  get waiting(): readonly Visit[] {
    return this.#waiting
  }

  onChange(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  async watch(): Promise<void> {
    this.#watching = true
    const { visits } = await this.#connection.call('lobby.waiting', {})
    this.#set(visits)
  }

  async admit({ room, person }: Pick<Visit, 'room' | 'person'>): Promise<void> {
    await this.#connection.call('lobby.admit', { room, person })
  }

  /** For a third person, for example an interpreter. */
  invite(options: InvitationOptions): Promise<Invitation> {
    return this.#connection.call('lobby.invite', { ...options, key: makeKey() })
  }

  /** Whoever came by it is out at once. */
  async withdraw(room: string, invitation: string): Promise<void> {
    await this.#connection.call('lobby.withdraw', { room, invitation })
  }

  /** Sends a third person out of the room, and takes their invitation back. */
  async remove(room: string, participant: string): Promise<void> {
    await this.#lineOf(room).call('lobby.remove', { room, participant })
  }

  #set(visits: readonly Visit[]): void {
    this.#waiting = visits
    this.#changed.emit()
  }
}
