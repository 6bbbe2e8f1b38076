/** How this person wants to hear by e-mail of what waits for them, kept up to date once somebody has asked for it. */
import type { ParamsOf, ResultOf } from '../src/protocol/index.ts'
import type { Connection } from './connection.ts'
import { Listeners } from './listeners.ts'
import { Refresh } from './refresh.ts'

/** With `email`, where notices go: absent while the agency has given no address. */
export type NoticePreferences = ResultOf<'notice.preferences'>
/** All three: without `quiet` there are no quiet hours. */
export type NoticeChoice = ParamsOf<'notice.setPreferences'>

export class Notices {
  readonly #connection: Connection
  readonly #changed = new Listeners<[]>()
  readonly #refresh: Refresh
  #preferences: NoticePreferences | undefined
  /** How often a choice has been made: what was read before one is out of date. */
  #choices = 0
  #wanted = false

  constructor(connection: Connection) {
    this.#connection = connection
    this.#refresh = new Refresh(connection, () => this.#load())
    this.#refresh.onSettled(() => this.#changed.emit())
    connection.onState((state) => {
      // Another device, or the link of a mail, may have changed it.
      if (state === 'open' && this.#wanted) this.#refresh.now()
    })
  }

  /** Undefined until `refresh` was called and has been answered. */
  get preferences(): NoticePreferences | undefined {
    return this.#preferences
  }

  /** Why they could not be read; undefined when they could. */
  get error(): Error | undefined {
    return this.#refresh.error
  }

  /** Called when they change here, or have been read. */
  onChange(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  /** Asks for them. From then on they are read again whenever the connection is made anew. */
  refresh(): void {
    this.#wanted = true
    this.#refresh.now()
  }

  /** @throws VisavisError BAD_REQUEST for quiet hours that end when they begin. */
  async choose(choice: NoticeChoice): Promise<NoticePreferences> {
    const preferences = await this.#connection.call('notice.setPreferences', choice)
    this.#choices += 1
    this.#preferences = preferences
    this.#changed.emit()
    return preferences
  }

  async #load(): Promise<void> {
    const choices = this.#choices
    const preferences = await this.#connection.call('notice.preferences', {})
    if (choices === this.#choices) this.#preferences = preferences
  }
}
