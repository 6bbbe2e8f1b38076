/** STUN and TURN servers of one join, whose credentials are replaced before they expire. */
import type { ResultOf } from '../src/protocol/index.ts'

type Told = ResultOf<'room.iceServers'>

export interface IceServersOptions {
  readonly told: Told
  readonly ask: () => Promise<Told>
  /** Those that are used, of what was told. */
  readonly choose: (servers: Told['iceServers']) => Told['iceServers']
  /** Tells the transports: whatever they open from now on uses these. */
  readonly onRenewed: (iceServers: RTCIceServer[]) => Promise<unknown>
}

/** Renewed after this share of their life, so that a connection that is away for a while does not matter. */
const renewAfter = 0.5
/** Asked again so soon (ms) when there was no answer. */
const retryMs = 10_000

export class IceServers {
  readonly #options: IceServersOptions
  #current: RTCIceServer[]
  /** Known once, and then for good: nodes of one service have the same settings. */
  readonly #expire: boolean
  #timer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(options: IceServersOptions) {
    this.#options = options
    this.#current = this.#serversOf(options.told)
    this.#expire = options.told.goodForMs !== undefined
    this.#plan(options.told)
  }

  get current(): RTCIceServer[] {
    return this.#current
  }

  /** Also what an ICE restart needs. Nothing to do where nothing expires. @throws VisavisError */
  async renew(): Promise<void> {
    if (!this.#expire || this.#closed) return
    const told = await this.#options.ask()
    if (this.#closed) return
    this.#current = this.#serversOf(told)
    this.#plan(told)
    await this.#options.onRenewed(this.#current)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #plan({ goodForMs }: Told): void {
    if (goodForMs !== undefined) this.#renewIn(goodForMs * renewAfter)
  }

  #renewIn(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.renew().catch(() => {
        if (!this.#closed) this.#renewIn(retryMs)
      })
    }, ms)
  }

  #serversOf({ iceServers }: Told): RTCIceServer[] {
    return this.#options.choose(iceServers).map(({ urls, username, credential }) => ({
      urls,
      ...(username === undefined ? {} : { username }),
      ...(credential === undefined ? {} : { credential }),
    }))
  }
}
