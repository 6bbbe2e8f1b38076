/** The two transports of one join, one to send with and one to receive with: their connection, and how it is restored. */
import type { types } from 'mediasoup-client'
import type { ResultOf, Source } from '../src/protocol/index.ts'
import type { KnownDevice } from './device.ts'
import { iceServersOf } from './ice-servers.ts'
import { makeKey } from './key.ts'
import type { Line } from './room-line.ts'

/** A short loss of packets heals by itself. */
const disconnectedForMs = 1_500
/** Time for a new transport to find its way before it counts as lost. */
const connectForMs = 8_000

export type Direction = 'send' | 'receive'

export interface TransportsOptions {
  readonly connection: Pick<Line, 'call'>
  readonly room: string
  readonly joined: ResultOf<'room.join'>
  readonly iceTransportPolicy: RTCIceTransportPolicy
  /** Through TURN servers only. */
  readonly relayOnly: boolean
  /** Media does not get through any more; and it does again. */
  readonly onLost: () => void
  readonly onFlows: () => void
  /** The media cannot be saved: join again. */
  readonly onBroken: (reason: string) => void
}

export class Transports {
  readonly #options: TransportsOptions
  /** Whether a track that is to be sent begins paused. */
  readonly #beginsPaused: (source: Source) => boolean
  readonly #transports = new Map<Direction, types.Transport>()
  /** What the server says to a transport that connects, and to a track that is sent: what follows goes on without. */
  readonly #connected = new Map<Direction, Promise<unknown>>()
  readonly #produced = new Map<Source, Promise<unknown>>()
  readonly #timers = new Map<Direction, ReturnType<typeof setTimeout>>()
  #ended = false

  constructor(options: TransportsOptions, beginsPaused: (source: Source) => boolean) {
    this.#options = options
    this.#beginsPaused = beginsPaused
  }

  /**
   * Nothing is sent or received. What a browser says of a connection is no sign of it: one for which it finds no way at all, as
   * with a relay that cannot be reached, is as new as one that nobody needs.
   */
  get isIdle(): boolean {
    return this.#connected.size === 0
  }

  get(direction: Direction): types.Transport | undefined {
    return this.#transports.get(direction)
  }

  /** Nothing was asked of the server to connect this one: nothing can arrive over it yet. */
  isNew(direction: Direction): boolean {
    return !this.#connected.has(direction)
  }

  /** Resolves when the server has taken this one; at once where nothing was asked yet. */
  connected(direction: Direction): Promise<unknown> {
    return this.#connected.get(direction) ?? Promise.resolve()
  }

  /** Resolves when media can flow over this one, or after so long. */
  async flowing(direction: Direction, withinMs: number): Promise<void> {
    const transport = this.#transports.get(direction)
    if (transport === undefined || this.isNew(direction) || transport.connectionState === 'connected') return
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        transport.off('connectionstatechange', onState)
        resolve()
      }
      const timer = setTimeout(done, withinMs)
      const onState = (state: types.ConnectionState) => {
        if (state !== 'connecting') done()
      }
      transport.on('connectionstatechange', onState)
    })
  }

  /** The same of a track. */
  produced(source: Source): Promise<unknown> {
    return this.#produced.get(source) ?? Promise.resolve()
  }

  async open({ device }: KnownDevice, direction: Direction): Promise<void> {
    const { connection, room, joined, relayOnly } = this.#options
    const told = joined.transports?.[direction] ?? (await connection.call('room.openTransport', { room, direction }))
    if (this.#ended) return
    const iceTransportPolicy = relayOnly ? 'relay' : this.#options.iceTransportPolicy
    const options = { ...told, iceServers: iceServersOf(joined, relayOnly), iceTransportPolicy }
    const transport = direction === 'send' ? device.createSendTransport(options) : device.createRecvTransport(options)
    this.#transports.set(direction, transport)
    transport.on('connect', ({ dtlsParameters }, done) => {
      const asked = connection.call('room.connectTransport', { room, transport: transport.id, dtlsParameters })
      asked.catch(() => {})
      this.#connected.set(direction, asked)
      // The browser asks the worker first whether it may talk to it at all (ICE): by then the worker knows.
      done()
    })
    transport.on('produce', ({ kind, rtpParameters, appData }, done) => {
      const source = sources.find((each) => each === appData.source) ?? 'microphone'
      const paused = this.#beginsPaused(source)
      const producer = makeKey()
      const sending = { transport: transport.id, kind, source, rtpParameters, paused, producer }
      const asked = connection.call('room.produce', { room, ...sending })
      asked.catch(() => {})
      this.#produced.set(source, asked)
      done({ id: producer })
    })
    transport.on('connectionstatechange', (state) => this.#onConnectionState(direction, state))
  }

  /** New ICE credentials for both directions: the network under them has changed. */
  restartIce(): void {
    for (const transport of this.#transports.values()) this.#restartIce(transport)
  }

  /** From now on nothing is told of them any more. */
  end(): void {
    this.#ended = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
  }

  close(): void {
    for (const transport of this.#transports.values()) transport.close()
  }

  #onConnectionState(direction: Direction, state: types.ConnectionState): void {
    clearTimeout(this.#timers.get(direction))
    this.#timers.delete(direction)
    if (this.#ended) return
    const { onLost, onFlows } = this.#options
    if (state === 'failed') onLost()
    const patienceMs = { disconnected: disconnectedForMs, connecting: connectForMs }[String(state)]
    if (patienceMs !== undefined) this.#timers.set(direction, setTimeout(onLost, patienceMs))
    if (state !== 'connected') return
    // One that has nothing to carry never connects.
    const wanted = [...this.#transports].filter(([each]) => this.#connected.has(each))
    if (wanted.every(([, { connectionState }]) => connectionState === 'connected')) onFlows()
  }

  #restartIce(transport: types.Transport): void {
    if (this.#ended || transport.connectionState === 'new') return
    const { connection, room, onBroken } = this.#options
    const restart = async () => {
      const [{ iceParameters }] = await Promise.all([
        connection.call('room.restartIce', { room, transport: transport.id }),
        this.#renewIceServers(transport),
      ])
      await transport.restartIce({ iceParameters })
    }
    restart().catch(() => {
      if (!this.#ended) onBroken('the transport is gone')
    })
  }

  /**
   * Credentials may have ended since the join. A relay in use goes on without; only a restart opens another. At any other
   * time it would do harm: the next offer of a transport whose servers have changed restarts ICE, and nobody expects it.
   */
  async #renewIceServers(transport: types.Transport): Promise<void> {
    const { connection, room, joined, relayOnly } = this.#options
    // Known once, and then for good: nodes of one service have the same settings.
    if (joined.goodForMs === undefined) return
    const told = await connection.call('room.iceServers', { room })
    await transport.updateIceServers({ iceServers: iceServersOf(told, relayOnly) })
  }
}

/** One after the other. The camera first: its first picture takes longer than the first sound, which follows at once. */
export const sources = ['camera', 'microphone', 'screen'] as const satisfies readonly Source[]
