/** The chat of this person: an overview of their channels, and each channel on demand. */
import type { ChannelSummary } from '../src/protocol/index.ts'
import { Channel } from './channel.ts'
import { type Overview, overviewOf, withPublished, withRead } from './chat-overview.ts'
import type { Connection } from './connection.ts'
import { Listeners } from './listeners.ts'
import { Refresh } from './refresh.ts'

export class Chat {
  readonly #connection: Connection
  readonly #channels = new Map<string, Channel>()
  readonly #changed = new Listeners<[]>()
  readonly #refresh: Refresh
  #overview: Overview = new Map()

  constructor(connection: Connection) {
    this.#connection = connection
    this.#refresh = new Refresh(connection, async () => {
      const { channels } = await connection.call('chat.channels', {})
      this.#update(overviewOf(channels))
    })
    const self = () => connection.session?.identity.person ?? ''
    connection.on('chat.messagePublished', (data, place) => {
      if (!this.#refresh.following || place === undefined) return
      const next = withPublished(this.#overview, data, place.position, self())
      if (next === undefined) this.#refresh.now()
      else this.#update(next)
    })
    connection.on('chat.readMoved', (data) => this.#update(withRead(this.#overview, data, self())))
  }

  /** In the order the server gave: a jobseeker has one, an advisor one per jobseeker. Empty before `follow` has loaded. */
  get channels(): readonly ChannelSummary[] {
    return [...this.#overview.values()]
  }

  get loaded(): boolean {
    return this.#refresh.loaded
  }

  /** Why the overview could not be read; undefined when it could. */
  get error(): Error | undefined {
    return this.#refresh.error
  }

  /** Loads the overview and keeps it up to date from now on. */
  follow(listener: () => void): () => void {
    const stop = this.#changed.add(listener)
    const stopErrors = this.#refresh.onSettled(listener)
    this.#refresh.follow()
    return () => {
      stop()
      stopErrors()
    }
  }

  /** The same object for the same channel, until it is closed. */
  channel(id: string): Channel {
    const known = this.#channels.get(id)
    if (known !== undefined && !known.closed) return known
    const channel = new Channel(this.#connection, id)
    this.#channels.set(id, channel)
    return channel
  }

  /** Asks again for whatever may have been missed while the page slept. */
  refresh(): void {
    this.#refresh.now()
    for (const channel of this.#channels.values()) channel.refresh()
  }

  #update(overview: Overview): void {
    if (overview === this.#overview) return
    this.#overview = overview
    this.#changed.emit()
  }
}
