/** "Call me back": a jobseeker's own requests, or an advisor's queue with the offers they hold, kept up to date. */
import { VisavisError } from '../src/protocol/errors.ts'
import type {
  Call,
  Callback,
  Desk,
  Hours,
  Offer,
  OwnHours,
  ParamsOf,
  ResultOf,
  TeamMode,
} from '../src/protocol/index.ts'
import { type CallbackList, emptyList, listOf, withCallback, withOffer } from './callback-list.ts'
import type { Connection } from './connection.ts'
import { makeKey } from './key.ts'
import { Listeners } from './listeners.ts'
import { Meanwhile } from './meanwhile.ts'
import { Refresh } from './refresh.ts'

export type CallbackRequest = Omit<ParamsOf<'callback.request'>, 'key'>
export type Outcome = Omit<ParamsOf<'callback.complete'>, 'callback' | 'token'>
export type AttemptReport = Omit<ParamsOf<'callback.attempt'>, 'callback' | 'token' | 'key'>
export type CallbackOptions = ResultOf<'callback.options'>
export type CallbackPlace = ResultOf<'callback.place'>
/** When and where: as soon as possible unless a window is named; the old number unless another is. */
export type Rescheduling = Omit<ParamsOf<'callback.reschedule'>, 'callback' | 'key'>

export class Callbacks {
  readonly #connection: Connection
  readonly #changed = new Listeners<[]>()
  readonly #refresh: Refresh
  readonly #meanwhile = new Meanwhile<CallbackList>()
  #list: CallbackList = emptyList
  #loaded = false
  #desk: Desk | undefined
  #mode: TeamMode | undefined

  constructor(connection: Connection) {
    this.#connection = connection
    this.#refresh = new Refresh(connection, async () => {
      const [{ callbacks, offers }, again] = await this.#meanwhile.ask(() => connection.call('callback.list', {}))
      this.#loaded = true
      this.#update(again(listOf(callbacks, offers, this.#list)))
    })
    this.#refresh.onSettled(() => this.#changed.emit())
    connection.on('callback.changed', ({ callback }) => this.#know(callback))
    connection.on('callback.offered', ({ callback, offer }) =>
      this.#change((list) => withOffer(list, callback, offer, this.#self)),
    )
    connection.on('callback.deskChanged', ({ desk }) => this.#knowDesk(desk))
    connection.onStream((stream, answer) => {
      if (!stream.startsWith('person:') || answer?.snapshot === undefined) return
      const { callbacks = [], offers = [] } = answer.snapshot
      this.#update(listOf(callbacks, offers, this.#list))
    })
    connection.onState((state) => {
      if (state !== 'open') return
      if (connection.session?.identity.role === 'advisor') this.#loadDesk()
      // The answer that opened the session has told every callback.
      if (connection.follows(`person:${this.#self}`)) {
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

  /** Where this advisor stands; undefined until it is known. A wrap-up is over by itself at its `until`. */
  get desk(): Desk | undefined {
    return this.#desk
  }

  /** Whether this advisor's team is offered callbacks or picks them; undefined until it is known. */
  get mode(): TeamMode | undefined {
    return this.#mode
  }

  /** The offer of a callback, while it is offered to this advisor. */
  offerOf(callback: string): Offer | undefined {
    return this.#list.callbacks.get(callback)?.state === 'offered' ? this.#list.offers.get(callback) : undefined
  }

  /** Called when anything of the list, or the desk, changes. */
  onChange(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  /** Asks for the list again. Not needed as a rule: events keep it up to date. */
  refresh(): void {
    this.#refresh.now()
  }

  /** Topics, languages and windows that a jobseeker may ask for now. */
  async options(): Promise<CallbackOptions> {
    return this.#connection.call('callback.options', {})
  }

  /** `created` is false when an open request on the same topic stood already, and is returned. */
  async request(request: CallbackRequest): Promise<Callback & { readonly created: boolean }> {
    const { callback, created } = await this.#connection.call('callback.request', { ...request, key: makeKey() })
    return { ...this.#know(callback), created }
  }

  /** Another time, or another number. */
  async reschedule(callback: string, to: Rescheduling = {}): Promise<Callback> {
    const asked = { callback, key: makeKey(), ...to }
    return this.#know((await this.#connection.call('callback.reschedule', asked)).callback)
  }

  async cancel(callback: string): Promise<Callback> {
    return this.#know((await this.#connection.call('callback.cancel', { callback })).callback)
  }

  /** How many are before it in its step, and when the call may be expected. It changes without an event: ask again. */
  async place(callback: string): Promise<CallbackPlace> {
    return this.#connection.call('callback.place', { callback })
  }

  async history(callback: string): Promise<ResultOf<'callback.history'>['history']> {
    return (await this.#connection.call('callback.history', { callback })).history
  }

  /** Takes an offered callback, and learns how to begin the call. @throws VisavisError GONE when the offer has run out. */
  async accept(callback: string): Promise<Callback & { readonly call: Call }> {
    const token = this.#token(callback)
    const accepted = await this.#connection.call('callback.accept', { callback, token })
    return { ...this.#know(accepted.callback), call: accepted.call }
  }

  /** Gives an offer back; it keeps its place and goes to the next advisor. */
  async decline(callback: string, reason: ParamsOf<'callback.decline'>['reason']): Promise<void> {
    const token = this.#token(callback)
    this.#know((await this.#connection.call('callback.decline', { callback, token, reason })).callback)
  }

  /** What this advisor may pick, best first. It changes without an event: ask again. */
  async choices(): Promise<readonly Callback[]> {
    return (await this.#connection.call('callback.choices', {})).callbacks
  }

  /** @throws VisavisError CONFLICT when somebody else was first. */
  async pick(callback: string): Promise<Callback & { readonly call: Call }> {
    const picked = await this.#connection.call('callback.pick', { callback })
    this.#change((list) => withOffer(list, picked.callback, picked.offer, this.#self))
    return { ...picked.callback, call: picked.call }
  }

  /** What came of a try to reach the jobseeker. The answer tells when the next one is. */
  async attempt(callback: string, report: AttemptReport): Promise<Callback> {
    const attempt = { callback, token: this.#token(callback), key: makeKey(), ...report }
    return this.#know((await this.#connection.call('callback.attempt', attempt)).callback)
  }

  async complete(callback: string, outcome: Outcome): Promise<Callback> {
    const token = this.#token(callback)
    return this.#know((await this.#connection.call('callback.complete', { callback, token, ...outcome })).callback)
  }

  async setDesk(state: 'ready' | 'busy' | 'away'): Promise<Desk> {
    return this.#knowDesk((await this.#connection.call('callback.setDesk', { state })).desk)
  }

  /** In which hours this advisor takes callbacks. */
  async hours(): Promise<OwnHours> {
    return this.#connection.call('callback.hours', {})
  }

  /** @param hours undefined: whenever the region is open. @throws VisavisError BAD_REQUEST when they overlap. */
  async setHours(hours: Hours | undefined): Promise<OwnHours> {
    return this.#connection.call('callback.setHours', hours === undefined ? {} : { hours })
  }

  get #self(): string {
    return this.#connection.session?.identity.person ?? ''
  }

  #loadDesk(): void {
    this.#connection.call('callback.desk', {}).then(
      ({ desk, mode }) => {
        this.#mode = mode
        this.#knowDesk(desk)
        this.#changed.emit()
      },
      // It is told when it changes, and asked for with the next connection.
      () => {},
    )
  }

  #knowDesk(desk: Desk): Desk {
    if (this.#desk !== undefined && this.#desk.since > desk.since) return this.#desk
    this.#desk = desk
    this.#changed.emit()
    return desk
  }

  #token(callback: string): number {
    const offer = this.#list.offers.get(callback)
    if (offer === undefined) throw new VisavisError('GONE', 'no offer of this callback is held here')
    return offer.token
  }

  #know(callback: Callback): Callback {
    this.#change((list) => withCallback(list, callback, this.#self))
    return callback
  }

  #change(change: (list: CallbackList) => CallbackList): void {
    this.#meanwhile.heard(change)
    this.#update(change(this.#list))
  }

  #update(list: CallbackList): void {
    if (list === this.#list) return
    this.#list = list
    this.#changed.emit()
  }
}
