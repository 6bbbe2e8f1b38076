/** *Pure.* The callbacks a person sees, and the offers and leases they hold. */
import type { Callback, Offer } from '../src/protocol/index.ts'

export interface CallbackList {
  readonly callbacks: ReadonlyMap<string, Callback>
  /** By callback: the newest offer, whose token also completes the callback once it is accepted. */
  readonly offers: ReadonlyMap<string, Offer>
}

export const emptyList: CallbackList = { callbacks: new Map(), offers: new Map() }

/** The whole list as the server tells it. Tokens of callbacks still in work are kept. */
export const listOf = (
  callbacks: readonly Callback[],
  offers: readonly Offer[],
  known: CallbackList,
): CallbackList => ({
  callbacks: new Map(callbacks.map((callback) => [callback.id, callback])),
  offers: new Map([
    ...[...known.offers].filter(([id]) => callbacks.some((callback) => callback.id === id && isHeld(callback))),
    ...offers.map((offer) => [offer.callback, offer] as const),
  ]),
})

/**
 * Events may arrive in any order with answers: the older state of two is dropped.
 * @param self whose list it is: a callback of another queue is in it only while they hold it.
 */
export function withCallback(list: CallbackList, callback: Callback, self: string): CallbackList {
  const known = list.callbacks.get(callback.id)
  if (known !== undefined && isOlder(callback, known)) return list
  const offers = new Map(list.offers)
  if (!isHeld(callback) || (callback.holder?.id ?? self) !== self) offers.delete(callback.id)
  if (![callback.jobseeker, callback.advisor, callback.holder?.id].includes(self)) {
    const callbacks = new Map(list.callbacks)
    callbacks.delete(callback.id)
    return { callbacks, offers }
  }
  return { callbacks: new Map(list.callbacks).set(callback.id, callback), offers }
}

export function withOffer(list: CallbackList, callback: Callback, offer: Offer, self: string): CallbackList {
  const known = list.offers.get(offer.callback)
  if (known !== undefined && known.token > offer.token) return list
  const next = withCallback(list, callback, self)
  return { ...next, offers: new Map(next.offers).set(offer.callback, offer) }
}

const isHeld = ({ state }: Callback): boolean => state === 'offered' || state === 'active'

const order = { scheduled: 0, waiting: 0, offered: 1, active: 2, done: 3, unreachable: 3, cancelled: 3 }
/** Two changes within one millisecond are told apart by how far they lead. */
const isOlder = (a: Callback, b: Callback): boolean =>
  a.changedAt < b.changedAt || (a.changedAt === b.changedAt && order[a.state] < order[b.state])
