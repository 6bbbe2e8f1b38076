/** Canned replies of an advisor and of their team, kept up to date once somebody has asked for them. */
import { VisavisError } from '../src/protocol/errors.ts'
import type { Reply, ReplyScope, ResultOf } from '../src/protocol/index.ts'
import type { Connection } from './connection.ts'
import { makeKey } from './key.ts'
import { Listeners } from './listeners.ts'
import { Refresh } from './refresh.ts'
import { inOrder, noReplies, type ReplyList, withEvent, withoutReply, withReply } from './reply-list.ts'

export type RegionOfReplies = ResultOf<'reply.list'>['region']

/** A new reply, or a known one with another title or text. */
export interface ReplyDraft {
  /** Of a known one, or made here. */
  readonly id?: string
  readonly scope: ReplyScope
  readonly title: string
  readonly text: string
  /** Of the version that was changed; absent for a new one. */
  readonly updatedAt?: number
}

export class Replies {
  readonly #connection: Connection
  readonly #changed = new Listeners<[]>()
  readonly #refresh: Refresh
  #list: ReplyList = noReplies
  /** What is told while the list is being read, which may be older or newer than the page it belongs to. */
  #heard: ReplyList | undefined
  #region: RegionOfReplies | undefined
  #wanted = false
  #loaded = false

  constructor(connection: Connection) {
    this.#connection = connection
    this.#refresh = new Refresh(connection, () => this.#load())
    this.#refresh.onSettled(() => this.#changed.emit())
    connection.on('reply.changed', (data) => this.#learn((list) => withEvent(list, data)))
    // What was of the former team is theirs no longer.
    connection.on('enrolment.teamChanged', () => this.#again())
    connection.onState((state) => {
      if (state === 'open') this.#again()
    })
  }

  /** By title. Empty until `refresh` was called. */
  get list(): readonly Reply[] {
    return inOrder(this.#list)
  }

  get loaded(): boolean {
    return this.#loaded
  }

  /** Why the list could not be read; undefined when it could. */
  get error(): Error | undefined {
    return this.#refresh.error
  }

  /** What `fill` needs to know of the region; undefined until the list was read. */
  get region(): RegionOfReplies | undefined {
    return this.#region
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

  /**
   * @throws VisavisError CONFLICT when somebody has changed or removed it meanwhile, and the list knows the newest then;
   * BAD_REQUEST with `details.variable` for a variable that there is not.
   */
  async put({ id = makeKey(), scope, title, text, updatedAt }: ReplyDraft): Promise<Reply> {
    const read = updatedAt === undefined ? {} : { updatedAt }
    const { reply } = await this.#newest({ id, scope, updatedAt }, () =>
      this.#connection.call('reply.put', { id, scope, title, text, ...read }),
    )
    this.#learn((list) => withReply(list, reply))
    return reply
  }

  /** Removes the version given; one that is gone already is no error. @throws VisavisError CONFLICT, as `put`. */
  async remove({ id, scope, updatedAt }: Pick<Reply, 'id' | 'scope' | 'updatedAt'>): Promise<void> {
    await this.#newest({ id, scope, updatedAt }, () => this.#connection.call('reply.remove', { id, scope, updatedAt }))
    this.#learn((list) => withoutReply(list, { id, scope, updatedAt }))
  }

  /** Takes the newest version out of a refusal. */
  async #newest<T>(
    { updatedAt, ...named }: Pick<Reply, 'id' | 'scope'> & { readonly updatedAt: number | undefined },
    call: () => Promise<T>,
  ): Promise<T> {
    try {
      return await call()
    } catch (error) {
      if (error instanceof VisavisError && error.code === 'CONFLICT') {
        const reply = error.details.reply as Reply | undefined
        if (reply !== undefined) this.#learn((list) => withReply(list, reply))
        else if (updatedAt !== undefined) this.#learn((list) => withoutReply(list, { ...named, updatedAt }))
      }
      throw error
    }
  }

  #again(): void {
    if (this.#wanted) this.#refresh.now()
  }

  async #load(): Promise<void> {
    this.#heard = noReplies
    try {
      const own = this.#connection.session?.identity.role === 'advisor' ? await this.#read('own') : []
      const found = [...own, ...(await this.#read('team'))]
      this.#list = found.reduce(withReply, this.#heard)
      this.#loaded = true
    } finally {
      this.#heard = undefined
    }
  }

  async #read(scope: ReplyScope): Promise<Reply[]> {
    const found: Reply[] = []
    let after: string | undefined
    do {
      const page = await this.#connection.call('reply.list', { scope, ...(after === undefined ? {} : { after }) })
      this.#region = page.region
      found.push(...page.replies)
      after = page.next
    } while (after !== undefined)
    return found
  }

  #learn(change: (list: ReplyList) => ReplyList): void {
    if (this.#heard !== undefined) this.#heard = change(this.#heard)
    const list = change(this.#list)
    if (list === this.#list) return
    this.#list = list
    this.#changed.emit()
  }
}
