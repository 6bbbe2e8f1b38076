/** "Call me back": a jobseeker's own requests, or an advisor's queue with the offers they hold, kept up to date. */
import { VisavisError } from '../src/protocol/errors.ts'
import type { Callback, Offer, ParamsOf } from '../src/protocol/index.ts'
import { type CallbackList, emptyList, listOf, withCallback, withOffer } from './callback-list.ts'
import type { Connection } from './connection.ts'
import { makeKey } from './key.ts'
import { Listeners } from './listeners.ts'
import { Refresh } from './refresh.ts'

export type CallbackRequest = Omit<ParamsOf<'callback.request'>, 'key'>
export type Outcome = Omit<ParamsOf<'callback.complete'>, 'callback' | 'token'>

export class Callbacks {
  readonly #connection: Connection
  readonly #changed = new Listeners<[]>()
  readonly #refresh: Refresh
  #list: CallbackList = emptyList
  #loaded = false

  constructor(connection: Connection) {
    this.#connection = connection
    this.#refresh = new Refresh(connection, async () => {
      const { callbacks, offers } = await connection.call('callback.list', {})
      this.#loaded = true
      this.#update(listOf(callbacks, offers, this.#list))
    })
    this.#refresh.onSettled(() => this.#changed.emit())
    connection.on('callback.changed', ({ callback }) => this.#update(withCallback(this.#list, callback)))
    connection.on('callback.offered', ({ callback, offer }) => this.#update(withOffer(this.#list, callback, offer)))
    connection.onStream((stream, answer) => {
      if (!stream.startsWith('person:') || answer?.snapshot === undefined) return
      const { callbacks = [], offers = [] } = answer.snapshot
      this.#update(listOf(callbacks, offers, this.#list))
    })
    connection.onState((state) => {
      if (state !== 'open') return
      // The answer that opened the session has told every callback.
      if (connection.follows(`person:${connection.session?.identity.person ?? ''}`)) {
        this.#loaded = true
        this.#changed.emit()
      } else this.refresh()
    })
  }

  /** Oldest request first. */
  get list(): readonly Callback[] {
    return [...this.#list.callbacks.values()].sort((a, b) => a.requestedAt - b.requestedAt)
  }

  get loaded(): boolean {
    return this.#loaded
  }

  /** Why the list could not be read; undefined when it could. */
  get error(): Error | undefined {
    return this.#refresh.error
  }

  /** The offer of a callback, while it is offered to this advisor. */
  offerOf(callback: string): Offer | undefined {
    return this.#list.callbacks.get(callback)?.state === 'offered' ? this.#list.offers.get(callback) : undefined
  }

  /** Called when anything of the list changes. */
  onChange(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  /** Asks for the list again. Not needed as a rule: events keep it up to date. */
  refresh(): void {
    this.#refresh.now()
  }

  async request(request: CallbackRequest): Promise<Callback> {
    const { callback } = await this.#connection.call('callback.request', { ...request, key: makeKey() })
    return this.#know(callback)
  }

  async cancel(callback: string): Promise<Callback> {
    return this.#know((await this.#connection.call('callback.cancel', { callback })).callback)
  }

  /** Takes an offered callback. @throws VisavisError GONE when the offer has run out. */
  async accept(callback: string): Promise<Callback> {
    const token = this.#token(callback)
    return this.#know((await this.#connection.call('callback.accept', { callback, token })).callback)
  }

  async complete(callback: string, outcome: Outcome): Promise<Callback> {
    const token = this.#token(callback)
    return this.#know((await this.#connection.call('callback.complete', { callback, token, ...outcome })).callback)
  }

  #token(callback: string): number {
    const offer = this.#list.offers.get(callback)
    if (offer === undefined) throw new VisavisError('GONE', 'no offer of this callback is held here')
    return offer.token
  }

  #know(callback: Callback): Callback {
    this.#update(withCallback(this.#list, callback))
    return callback
  }

  #update(list: CallbackList): void {
    if (list === this.#list) return
    this.#list = list
    this.#changed.emit()
  }
}
