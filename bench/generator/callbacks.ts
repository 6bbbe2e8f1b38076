/**
 * Works a callback queue as its domain lets a node do it: no sockets, no sessions. Several stores, each a Redis with a queue
 * of its own size, are kept side by side.
 */
import type { Judged, Worked } from '../callback-request.ts'
import type { Sabotage } from '../delivery.ts'
import { serveOrders } from '../orders.ts'
import { type Fill, QueueStore, type QueueStoreOptions, type WorkParams } from './queue-store.ts'
import { actUnruly, type Unruly, type UnrulyParams } from './unruly.ts'

export type CallbackOrders = {
  open(params: Of<QueueStoreOptions>): Promise<void>
  /** Puts so many requests in line. */
  fill(params: Of<Fill>): Promise<void>
  /** Closed loop: every advisor of a pool has one in work, and each one done is followed by another request. */
  work(params: Of<WorkParams>): Promise<Worked>
  /** What came of the last loop. */
  judge(params: Of<{ readonly sabotage: Sabotage | undefined }>): Promise<Judged>
  /** Asks where so many of the waiting stand. */
  places(params: Of<{ readonly count: number }>): Promise<void>
  /** How many wait, as the queue says and as the callers know. */
  waiting(params: Of<object>): Promise<{ readonly told: number; readonly known: number }>
  /** Many who ask at once, fall asleep, decline, and come back with what they had. */
  unruly(params: UnrulyParams): Promise<Unruly>
}

/** Of one of the stores. */
export type Of<T> = T & { readonly store: string }

const stores = new Map<string, QueueStore>()

const of = ({ store }: { readonly store: string }): QueueStore => {
  const found = stores.get(store)
  if (found === undefined) throw new Error(`there is no store ${store}`)
  return found
}

serveOrders({
  async open({ store, ...options }) {
    stores.set(store, new QueueStore(options))
  },
  fill: (params) => of(params).fill(params),
  work: (params) => of(params).work(params),
  judge: (params) => of(params).judge(params.sabotage),
  places: (params) => of(params).places(params.count),
  waiting: (params) => of(params).count(),
  unruly: actUnruly,
} satisfies CallbackOrders)
