/** The chat of this person: an overview of their channels, and each channel on demand. */
import type { ChannelSummary } from '../src/protocol/index.ts'
import { Channel } from './channel.ts'
import { type Overview, overviewOf, withoutChannel, withPublished, withRead, withSummary } from './chat-overview.ts'
import type { Connection } from './connection.ts'
import { Listeners } from './listeners.ts'
import { Refresh } from './refresh.ts'

/** `setTimeout` fires at once beyond it. */
const longestTimerMs = 2 ** 31 - 1
/** The server's clock may be a little behind when cover begins or ends. */
const afterMs = 500

export class Chat {
  readonly #connection: Connection
  readonly #channels = new Map<string, Channel>()
  readonly #changed = new Listeners<[]>()
  readonly #refresh: Refresh
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  #overview: Overview = new Map()
  #loaded = false

  /** @param onList told the channels of this person whenever the server has listed them. */
  constructor(connection: Connection, onList: (channels: readonly ChannelSummary[]) => void) {
    this.#connection = connection
    this.#refresh = new Refresh(connection, async () => {
      const { channels } = await connection.call('chat.channels', {})
      this.#loaded = true
      this.#update(overviewOf(channels, this.#overview))
      onList(channels)
    })
    this.#refresh.onSettled(() => this.#changed.emit())
    const self = () => connection.session?.identity.person ?? ''
    connection.on('chat.messagePublished', (data, place) => {
      if (place !== undefined) this.#update(withPublished(this.#overview, data, place.position, self()))
    })
    connection.on('chat.readMoved', (data) => this.#update(withRead(this.#overview, data, self())))
    connection.on('enrolment.changed', () => this.refresh())
    connection.on('enrolment.coverChanged', ({ from, until, ended }) => {
      this.refresh()
      if (!ended) for (const at of [from, until]) this.#refreshAt(at)
    })
    connection.onStream((stream, answer) => {
      const [kind, channel = ''] = stream.split(':')
      // With what a personal feed has lost may be that the advisor has changed.
      if (kind === 'person' && this.#loaded) this.refresh()
      if (kind !== 'channel') return
      if (answer === undefined) this.#update(withoutChannel(this.#overview, channel))
      else if (answer.snapshot?.channel !== undefined)
        this.#update(withSummary(this.#overview, answer.snapshot.channel))
    })
    connection.onState((state) => {
      if (state === 'closed') for (const timer of this.#timers) clearTimeout(timer)
      if (state !== 'open') return
      // The answer that opened the session has told every channel.
      if (connection.follows(`person:${self()}`)) {
        this.#loaded = true
        this.#changed.emit()
      } else this.refresh()
    })
  }

  /** In the order the server gave: a jobseeker has one, an advisor one per jobseeker. Empty before `loaded`. */
  get channels(): readonly ChannelSummary[] {
    return [...this.#overview.values()]
  }

  get loaded(): boolean {
    return this.#loaded
  }

  /** Why the overview could not be read; undefined when it could. */
  get error(): Error | undefined {
    return this.#refresh.error
  }

  /** Called when anything of the overview changes. */
  onChange(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  /** The same object for the same channel, until it is closed. */
  channel(id: string): Channel {
    const known = this.#channels.get(id)
    if (known !== undefined && !known.closed) return known
    const channel = new Channel(this.#connection, id, this.#overview.get(id)?.readBy ?? [])
    this.#channels.set(id, channel)
    return channel
  }

  /** Asks for the list again. Not needed as a rule: events keep it up to date. */
  refresh(): void {
    this.#refresh.now()
  }

  #refreshAt(at: number): void {
    const waitMs = at - this.#connection.now() + afterMs
    // A session does not live as long as the longest timer.
    if (waitMs <= 0 || waitMs > longestTimerMs) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.refresh()
    }, waitMs)
    this.#timers.add(timer)
  }

  #update(overview: Overview): void {
    if (overview === this.#overview) return
    this.#overview = overview
    this.#changed.emit()
  }
}
