/**
 * What a room says and hears. It goes over the person's own connection, or, when another node holds the room, over a second one
 * to that node, for this room only, which is opened with a ticket of the first.
 *
 * | state      | enters                                                  | leaves                                             |
 * |------------|---------------------------------------------------------|----------------------------------------------------|
 * | open       | the connection in use is open                           | it is lost → recovering; the person's own is closed → closed |
 * | recovering | the connection in use was lost; the own one comes back by itself, of the other the holder is asked for | open, closed |
 * | closed     | the person's own connection is closed for good, `close()` | never                                            |
 */
import { VisavisError } from '../src/protocol/errors.ts'
import type { DataOf, EventName, MethodName, ParamsOf, ResultOf } from '../src/protocol/index.ts'
import { Connection, type ConnectOptions } from './connection.ts'
import type { ConnectionState } from './lifecycle.ts'
import { Listeners } from './listeners.ts'
import type { CallOptions } from './requests.ts'

/** What a room needs of a connection. */
export type Line = Pick<Connection, 'call' | 'state' | 'failure' | 'onState'> & {
  on<E extends EventName>(event: E, handler: (data: DataOf<E>) => void): () => void
}

/** A room that moves while it is looked for is found within so many steps. */
const mostHops = 3
/** A node that does not take a connection within this time is dead, or about to be known as such. */
const openWithinMs = 5_000
/** A connection from which nothing comes for so long, while media is lost too, is dead. */
const silentForMs = 4_000
/** How often the holder is asked for, while it does not answer. */
const askAgainMs = 500

interface Other {
  readonly url: string
  readonly connection: Connection
}

export class RoomLine implements Line {
  readonly #own: Connection
  readonly #room: string
  readonly #options: Pick<ConnectOptions, 'token' | 'log'>
  readonly #handlers = new Map<EventName, Listeners<[never]>>()
  readonly #forwarding: (() => void)[] = []
  readonly #stateListeners = new Listeners<[ConnectionState, ConnectionState]>()
  readonly #stop: () => void
  #other: Other | undefined
  /** The other connection was lost, and its place in the room is looked for. */
  #search: object | undefined
  /** Counts connections that are being opened: only the newest is kept. */
  #going = 0
  #closed = false
  #told: ConnectionState

  /** @param options those of the person's own connection. */
  constructor(own: Connection, room: string, options: Pick<ConnectOptions, 'token' | 'log'>) {
    this.#own = own
    this.#room = room
    this.#options = options
    this.#told = own.state
    this.#stop = own.onState(() => this.#tell())
  }

  get state(): ConnectionState {
    if (this.#closed || this.#own.state === 'closed') return 'closed'
    if (this.#search !== undefined) return 'recovering'
    return this.#other === undefined ? this.#own.state : 'open'
  }

  get failure(): VisavisError | undefined {
    return this.#own.failure
  }

  on<E extends EventName>(event: E, handler: (data: DataOf<E>) => void): () => void {
    const listeners = this.#handlers.get(event) ?? new Listeners<[never]>()
    if (!this.#handlers.has(event)) {
      this.#handlers.set(event, listeners)
      this.#forwarding.push(this.#own.on(event, (data) => listeners.emit(data as never)))
    }
    return listeners.add(handler as (data: never) => void)
  }

  onState(handler: (state: ConnectionState, before: ConnectionState) => void): () => void {
    return this.#stateListeners.add(handler)
  }

  /** Media is lost: when the network has changed, the connections died with it, and nobody has said so. */
  probe(): void {
    for (const connection of [this.#own, this.#other?.connection]) connection?.probe(silentForMs)
  }

  async call<M extends MethodName>(method: M, params: ParamsOf<M>, options?: CallOptions): Promise<ResultOf<M>> {
    // It looks for the holder itself.
    if (method === 'room.join') this.#search = undefined
    for (let hops = 0; ; hops += 1) {
      try {
        return await (this.#other?.connection ?? this.#own).call(method, params, options)
      } catch (error) {
        const holder = holderOf(error)
        // Whoever tries again asks their own node, which knows who else may have the room.
        if (method === 'room.join' && holder === undefined) this.#drop()
        if (holder === undefined || hops === mostHops) throw error
        await this.#goTo(holder)
      }
    }
  }

  /** The room was left, or is not to be followed any more. Whatever is in it over the other connection is out. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const stop of this.#forwarding) stop()
    this.#stop()
    this.#drop()
  }

  /** @throws VisavisError UNAVAILABLE when that node does not answer. */
  async #goTo({ url, ticket }: Holder): Promise<void> {
    this.#drop()
    this.#going += 1
    const going = this.#going
    let [used, opened] = [false, false]
    const connection = new Connection({
      ...this.#options,
      url,
      token: () => {
        // Before the session ends it is asked for a token, as any other.
        if (opened) return this.#options.token()
        if (used) throw new VisavisError('GONE', 'a ticket is for one try')
        used = true
        return ticket
      },
    })
    const timer = setTimeout(() => connection.close(), openWithinMs)
    const stop = connection.onState((state) => {
      // It never comes back by itself: a ticket is good once, and the room may have gone elsewhere.
      if (state === 'recovering') connection.close()
    })
    try {
      await connection.opened
    } catch (cause) {
      throw new VisavisError('UNAVAILABLE', 'the node that holds the room does not answer', {
        ...{ cause, details: { url } },
        retryAfterMs: askAgainMs,
      })
    } finally {
      clearTimeout(timer)
      stop()
    }
    opened = true
    if (this.#closed || going !== this.#going) {
      connection.close()
      throw new VisavisError('GONE', this.#closed ? 'the room was left' : 'the room is looked for anew')
    }
    this.#other = { url, connection }
    for (const [event, listeners] of this.#handlers) connection.on(event, (data) => listeners.emit(data as never))
    connection.onState((state) => {
      if (state === 'open' || this.#other?.connection !== connection) return
      this.#drop()
      void this.#lookFor()
    })
    this.#tell()
  }

  /** The other node, or the way to it, is gone: whoever holds the room now is asked for until there is an answer. */
  async #lookFor(): Promise<void> {
    if (this.#closed) return
    const search = {}
    this.#search = search
    this.#tell()
    while (this.#search === search && this.state !== 'closed') {
      try {
        await this.#own.call('room.resume', { room: this.#room })
        break
      } catch (error) {
        const holder = holderOf(error)
        // Nobody holds it, or this person is not in it: the room finds out by itself, and joins again.
        if (holder === undefined && error instanceof VisavisError && !error.retryable && this.#own.state === 'open')
          break
        if (holder !== undefined && this.#search === search && (await this.#reaches(holder))) break
      }
      await new Promise((resolve) => setTimeout(resolve, askAgainMs * (0.5 + Math.random())))
    }
    if (this.#search !== search) return
    this.#search = undefined
    this.#tell()
  }

  #reaches(holder: Holder): Promise<boolean> {
    return this.#goTo(holder).then(
      () => true,
      () => false,
    )
  }

  #drop(): void {
    const other = this.#other
    this.#other = undefined
    other?.connection.close()
  }

  #tell(): void {
    const { state } = this
    const before = this.#told
    if (state === before) return
    this.#told = state
    this.#stateListeners.emit(state, before)
  }
}

interface Holder {
  readonly url: string
  readonly ticket: string
}

/** Where an answer sends to, if it does. */
function holderOf(error: unknown): Holder | undefined {
  if (!(error instanceof VisavisError) || error.code !== 'ELSEWHERE') return undefined
  const { url, ticket } = error.details
  return typeof url === 'string' && typeof ticket === 'string' ? { url, ticket } : undefined
}
