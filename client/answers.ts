/** For supervisors: the jobseekers whose answer is due, kept up to date once somebody has asked for them. */
import type { AnswerDue } from '../src/protocol/index.ts'
import type { Connection } from './connection.ts'
import { Listeners } from './listeners.ts'
import { Refresh } from './refresh.ts'

export class Answers {
  readonly #connection: Connection
  readonly #changed = new Listeners<[]>()
  readonly #refresh: Refresh
  #due: ReadonlyMap<string, AnswerDue> = new Map()
  /** What is told while the list is being read, which may be older than what it says: undefined for one that has ended. */
  #heard: Map<string, AnswerDue | undefined> | undefined
  #wanted = false
  #loaded = false
  #more = false

  constructor(connection: Connection) {
    this.#connection = connection
    this.#refresh = new Refresh(connection, () => this.#load())
    this.#refresh.onSettled(() => this.#changed.emit())
    connection.on('chat.answerDue', (due) => this.#learn(due.channel, due))
    connection.on('chat.answerDueEnded', ({ channel, waitingSince }) => {
      const known = this.#heard?.get(channel) ?? this.#due.get(channel)
      if (known === undefined || known.waitingSince === waitingSince) this.#learn(channel, undefined)
    })
    connection.onStream((stream) => {
      // What the feed has lost may have told of others.
      if (stream.startsWith('person:')) this.#again()
    })
    connection.onState((state) => {
      if (state === 'open') this.#again()
    })
  }

  /** The one due first at the beginning. Empty until `refresh` was called. */
  get due(): readonly AnswerDue[] {
    return [...this.#due.values()].sort((a, b) => a.dueAt - b.dueAt)
  }

  /** Whether there are more than the list has. */
  get more(): boolean {
    return this.#more
  }

  get loaded(): boolean {
    return this.#loaded
  }

  /** Why the list could not be read; undefined when it could. */
  get error(): Error | undefined {
    return this.#refresh.error
  }

  /** Called when anything of the list changes. */
  onChange(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  /** Asks for the list. From then on it is kept up to date by itself. */
  refresh(): void {
    this.#wanted = true
    this.#refresh.now()
  }

  #again(): void {
    if (this.#wanted) this.#refresh.now()
  }

  async #load(): Promise<void> {
    const heard = new Map<string, AnswerDue | undefined>()
    this.#heard = heard
    try {
      const { due, more } = await this.#connection.call('chat.due', {})
      const found = new Map(due.map((one) => [one.channel, one]))
      for (const [channel, one] of heard) {
        if (one === undefined) found.delete(channel)
        else found.set(channel, one)
      }
      this.#due = found
      this.#more = more
      this.#loaded = true
    } finally {
      this.#heard = undefined
    }
  }

  #learn(channel: string, one: AnswerDue | undefined): void {
    this.#heard?.set(channel, one)
    if (!this.#loaded) return
    const due = new Map(this.#due)
    if (one === undefined) due.delete(channel)
    else due.set(channel, one)
    this.#due = due
    this.#changed.emit()
  }
}
