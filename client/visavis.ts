/** The client: one connection and what people do over it. */
import { Callbacks } from './callbacks.ts'
import { Chat } from './chat.ts'
import { Connection, type ConnectOptions } from './connection.ts'
import { Enrolment } from './enrolment.ts'
import { followPage } from './page.ts'
import { Presence } from './presence.ts'
import { Rooms } from './rooms.ts'
import { Search } from './search.ts'

export class Visavis extends Connection {
  readonly chat: Chat
  readonly callbacks: Callbacks
  readonly enrolment: Enrolment
  readonly presence: Presence
  readonly rooms: Rooms
  readonly search: Search
  readonly #forgetPage: () => void

  constructor(options: ConnectOptions) {
    super(options)
    this.chat = new Chat(this, (channels) =>
      this.setChannels(channels.map(({ channel, position }) => ({ stream: `channel:${channel}`, position }))),
    )
    this.callbacks = new Callbacks(this)
    this.enrolment = new Enrolment(this)
    this.presence = new Presence(this)
    this.rooms = new Rooms(this)
    this.search = new Search(this)
    this.#forgetPage = followPage({
      onLooking: (looking) => {
        this.presence.setLooking(looking)
        if (looking) this.#wake()
      },
      onOnline: () => {
        this.#wake()
        this.rooms.restartIce()
      },
    })
  }

  override close(): void {
    this.#forgetPage()
    this.rooms.close()
    super.close()
  }

  /** Back from sleep or from a dead network. */
  #wake(): void {
    this.hurry()
    this.probe()
  }
}

/** Connects at once and comes back by itself until `close()`. */
export const connect = (options: ConnectOptions): Visavis => new Visavis(options)
