/** The client: one connection and what people do over it. */
import { Callbacks } from './callbacks.ts'
import { Chat } from './chat.ts'
import { Connection, type ConnectOptions } from './connection.ts'
import { Rooms } from './rooms.ts'

export class Visavis extends Connection {
  readonly chat: Chat
  readonly callbacks: Callbacks
  readonly rooms: Rooms
  readonly #forgetPage: () => void

  constructor(options: ConnectOptions) {
    super(options)
    this.chat = new Chat(this)
    this.callbacks = new Callbacks(this)
    this.rooms = new Rooms(this)
    this.#forgetPage = followPage({
      onVisible: () => this.#wake(),
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

  /** Back from sleep or from a dead network: the socket may look open and be dead, which an unanswered request shows. */
  #wake(): void {
    this.hurry()
    if (this.state !== 'open') return
    this.chat.refresh()
    this.callbacks.refresh()
  }
}

/** Connects at once and comes back by itself until `close()`. */
export const connect = (options: ConnectOptions): Visavis => new Visavis(options)

/** In a browser: when the network returns or the page is looked at again. Elsewhere nothing. */
function followPage({ onVisible, onOnline }: { onVisible: () => void; onOnline: () => void }): () => void {
  if (typeof document === 'undefined') return () => {}
  const look = () => {
    if (document.visibilityState === 'visible') onVisible()
  }
  addEventListener('online', onOnline)
  document.addEventListener('visibilitychange', look)
  return () => {
    removeEventListener('online', onOnline)
    document.removeEventListener('visibilitychange', look)
  }
}
