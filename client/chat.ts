/** The chat of this person: an overview of their channels, and each channel on demand. */
import type { ChannelSummary } from '../src/protocol/index.ts'
import { Channel } from './channel.ts'
import {
  isGuessed,
  isOlder,
  type Overview,
  overviewOf,
  withChanged,
  withoutChannel,
  withPublished,
  withRead,
  withReceived,
  withStanding,
  withSummary,
  withUnread,
  withWaiting,
} from './chat-overview.ts'
import type { Connection } from './connection.ts'
import { Listeners } from './listeners.ts'
import { Refresh } from './refresh.ts'

/** `setTimeout` fires at once beyond it. */
const longestTimerMs = 2 ** 31 - 1
/**
 * A node reads by itself who follows whom when that changes or cover begins or ends, and may answer a moment before it
 * has: so long after it, the list is asked for once more.
 */
const settledMs = 1_000

export class Chat {
  readonly #connection: Connection
  readonly #channels = new Map<string, Channel>()
  readonly #changed = new Listeners<[]>()
  readonly #refresh: Refresh
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  #overview: Overview = new Map()
  /** Channels whose unread count is a guess until a list counts it: one that is as new as what is known here. */
  readonly #guessed = new Set<string>()
  #loaded = false

  /** @param onList told the channels of this person whenever the server has listed them. */
  constructor(connection: Connection, onList: (channels: readonly ChannelSummary[]) => void) {
    this.#connection = connection
    this.#refresh = new Refresh(connection, async () => {
      const channels = await this.#list()
      const before = this.#overview
      this.#loaded = true
      this.#update(overviewOf(channels, before))
      onList(channels)
      for (const summary of channels) {
        const channel = this.#channels.get(summary.channel)
        if (before.has(summary.channel)) channel?.hear(summary.readBy)
        else channel?.join(summary)
      }
    })
    this.#refresh.onSettled(() => this.#changed.emit())
    const self = () => connection.session?.identity.person ?? ''
    connection.on('chat.messagePublished', (data, place) => {
      if (place !== undefined) this.#update(withPublished(this.#overview, data, place.position, self()))
    })
    connection.on('chat.messageChanged', (data, place) => {
      if (place !== undefined) this.#update(withChanged(this.#overview, data, place.position, self()))
    })
    connection.on('chat.waitingMoved', (data) => this.#update(withWaiting(this.#overview, data)))
    connection.on('chat.unreadMarked', (data) => {
      this.#update(withUnread(this.#overview, data))
      // Deleted messages do not count, and which those are is not known here.
      this.#count(data.channel)
    })
    connection.on('chat.readMoved', (data, _place, told) => {
      const before = this.#overview
      this.#update(withRead(before, data, self(), told ? 'told' : 'moved'))
      if (this.#overview === before) return
      // Markers are not numbered: a list that is on its way may have been made before this one moved.
      if (this.#refresh.loading || isGuessed(this.#overview, data.channel, data.person, self()))
        this.#count(data.channel)
    })
    connection.on('chat.receivedMoved', (data) => this.#update(withReceived(this.#overview, data)))
    connection.on('enrolment.changed', () => this.#refreshAround(connection.now()))
    connection.on('session.accessChanged', () => this.refresh())
    connection.on('enrolment.coverChanged', ({ from, until, ended }) => {
      const now = connection.now()
      for (const at of ended ? [now] : [now, from, until]) this.#refreshAround(at)
    })
    connection.onStream((stream, answer) => {
      const [kind, channel = ''] = stream.split(':')
      // With what a personal feed has lost may be that the advisor has changed.
      if (kind === 'person' && this.#loaded) this.refresh()
      if (kind !== 'channel') return
      if (answer === undefined) this.#update(withoutChannel(this.#overview, channel))
      else if (answer.snapshot?.channel !== undefined) {
        this.#update(withSummary(this.#overview, answer.snapshot.channel))
        this.#doubt(channel)
      }
    })
    connection.onRecovered(({ stream, position, ...standing }) => {
      const [kind, channel = ''] = stream.split(':')
      if (kind !== 'channel') return
      const known = this.#overview.get(channel)
      if (known?.position.offset !== position.offset) {
        if (known !== undefined) this.#count(channel)
        return
      }
      this.#update(withStanding(this.#overview, channel, standing))
      if (known.unread !== standing.unread) this.#doubt(channel)
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

  /** Own messages that are not stored yet, of all channels. */
  get unsent(): number {
    let count = 0
    for (const { unsent } of this.#channels.values()) count += unsent.length
    return count
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
    const isMarked = () => this.#overview.get(id)?.unreadFrom !== undefined
    const channel = new Channel(this.#connection, id, this.#overview.get(id)?.readBy ?? [], isMarked)
    this.#channels.set(id, channel)
    return channel
  }

  /** Asks for the list again. Not needed as a rule: events keep it up to date. */
  refresh(): void {
    this.#refresh.now()
  }

  /** The list, and which guesses it leaves: of a channel that has gone on meanwhile it counts too little. */
  async #list(): Promise<readonly ChannelSummary[]> {
    const guessed = [...this.#guessed]
    this.#guessed.clear()
    try {
      const { channels } = await this.#connection.call('chat.channels', {})
      for (const summary of channels)
        if (guessed.includes(summary.channel) && isOlder(summary, this.#overview)) this.#count(summary.channel)
      return channels
    } catch (error) {
      for (const channel of guessed) this.#guessed.add(channel)
      throw error
    }
  }

  /** What is unread in a channel cannot be known here. */
  #count(channel: string): void {
    this.#guessed.add(channel)
    this.refresh()
  }

  /** Markers that moved while this was on its way are not in it. The answer that opens a session is before them all. */
  #doubt(channel: string): void {
    if (this.#connection.state === 'open') this.#count(channel)
  }

  /** @param at when something changes (ms, the server's clock). What is past has told itself. */
  #refreshAround(at: number): void {
    for (const waitMs of [0, settledMs].map((later) => at + later - this.#connection.now())) {
      if (waitMs < -settledMs || waitMs > longestTimerMs) continue
      const timer = setTimeout(
        () => {
          this.#timers.delete(timer)
          this.refresh()
        },
        Math.max(0, waitMs),
      )
      this.#timers.add(timer)
    }
  }

  #update(overview: Overview): void {
    if (overview === this.#overview) return
    this.#overview = overview
    this.#changed.emit()
  }
}
