/** Who of the people this person works with is there; and whether this person looks at this device. */
import type { Presence as PersonPresence, PresenceState } from '../src/protocol/index.ts'
import type { Connection } from './connection.ts'
import { Listeners } from './listeners.ts'

/** Looking elsewhere for a moment is not being away. */
const awayAfterMs = 10_000

export class Presence {
  readonly #connection: Connection
  readonly #changed = new Listeners<[]>()
  #people: ReadonlyMap<string, PersonPresence> = new Map()
  /** What the server should know, and what it was told last in this session. */
  #wanted: 'online' | 'away' = 'online'
  #told: 'online' | 'away' = 'online'
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(connection: Connection) {
    this.#connection = connection
    connection.on('presence.changed', (presence) => {
      this.#people = new Map(this.#people).set(presence.person, presence)
      this.#changed.emit()
    })
    connection.onState((state) => {
      if (state === 'open' && connection.session !== undefined) {
        this.#people = new Map(connection.session.presence.map((presence) => [presence.person, presence]))
        // A new session begins online; a resumed one is as it was last told.
        if (!connection.session.resumed) this.#told = 'online'
        this.#tell()
      }
      if (state === 'closed') clearTimeout(this.#timer)
      // What is known of others holds only while the connection does.
      this.#changed.emit()
    })
  }

  /** Undefined while it is not known: without a connection, or of somebody this person does not work with. */
  of(person: string): PersonPresence | undefined {
    return this.#connection.state === 'open' ? this.#people.get(person) : undefined
  }

  stateOf(person: string): PresenceState | undefined {
    return this.of(person)?.state
  }

  onChange(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  /** Done by itself in browsers, from the visibility of the page; elsewhere a program may say so. */
  setLooking(looking: boolean): void {
    clearTimeout(this.#timer)
    const set = (state: 'online' | 'away') => {
      this.#wanted = state
      this.#tell()
    }
    if (looking) set('online')
    else this.#timer = setTimeout(() => set('away'), awayAfterMs)
  }

  #tell(): void {
    const state = this.#wanted
    if (this.#told === state || this.#connection.state !== 'open') return
    this.#told = state
    this.#connection.call('session.setPresence', { state }).catch(() => {
      // The next look, or the next connection, says it again.
      if (this.#told === state) this.#told = state === 'online' ? 'away' : 'online'
    })
  }
}
