/** A callback queue of one's own on a real Redis, and a look at what it keeps. */
import type { RegionSettings } from '../../src/protocol/callback-settings.ts'
import type { Callback, Offer, ParamsOf } from '../../src/protocol/index.ts'
import type { CallbackRequest, HistoryEntry } from '../../src/queue/callbacks.ts'
import { queueKeys } from '../../src/queue/keys.ts'
import type { Taker } from '../../src/queue/matching.ts'
import { createQueue, type Queue, type QueueOptions } from '../../src/queue/queue.ts'
import { entriesOf } from '../../src/store/events.ts'
import type { RedisClient } from '../../src/store/redis.ts'
import { until } from '../support/until.ts'

/** One transition, as it was told. */
export interface QueueEvent {
  readonly callback: Callback
  /** Present when it was offered. */
  readonly offer?: Offer
}

let made = 0

/** Leases that do not run out during a test, and leases that are over as soon as they are given. */
export const longLeaseMs = 60_000
const outcomeKeys = () => `attempt-${++made}-key`

/** All parts of a queue, with an advisor by their id alone. */
export function acting(queue: Queue) {
  const { callbacks, offers, desks } = queue
  const taker = (advisor: string | Taker): Taker =>
    typeof advisor === 'string' ? { advisor, name: `Name of ${advisor}` } : advisor
  return {
    queue,
    request: callbacks.request.bind(callbacks),
    cancel: callbacks.cancel.bind(callbacks),
    withdrawAll: callbacks.withdrawAll.bind(callbacks),
    ofJobseeker: callbacks.ofJobseeker.bind(callbacks),
    ofAdvisor: callbacks.ofAdvisor.bind(callbacks),
    history: callbacks.history.bind(callbacks),
    offer: (region: string, advisor: string | Taker) => offers.offer(region, taker(advisor)),
    pick: (region: string, advisor: string | Taker, id: string) => offers.pick(region, taker(advisor), id),
    accept: offers.accept.bind(offers),
    decline: (region: string, advisor: string, id: string, token: number) =>
      offers.decline(region, advisor, { callback: id, token, reason: 'other' }),
    attempt: (
      region: string,
      advisor: string,
      id: string,
      attempt: Omit<ParamsOf<'callback.attempt'>, 'callback' | 'key'> & { readonly key?: string },
    ) => offers.attempt(region, advisor, { callback: id, key: outcomeKeys(), ...attempt }),
    complete: (region: string, advisor: string, id: string, outcome: Omit<ParamsOf<'callback.complete'>, 'callback'>) =>
      offers.complete(region, advisor, { callback: id, ...outcome }),
    release: desks.release.bind(desks),
    sweep: desks.sweep.bind(desks),
  }
}
export type Acting = ReturnType<typeof acting>

export interface TestQueue {
  readonly region: string
  readonly keys: ReturnType<typeof queueKeys>
  readonly queue: Queue
  readonly callbacks: Acting
  /** The same queue with leases that are over as soon as they are given. */
  readonly lapsing: Acting
  /** A request with a key of its own, to advisor `anne` unless told otherwise. */
  request(
    jobseeker: string,
    options?: Partial<Omit<CallbackRequest, 'jobseeker'>>,
  ): Promise<{ callback: Callback; created: boolean }>
  events(): Promise<QueueEvent[]>
  /** State, actor and reason of every transition. */
  steps(id: string): Promise<Omit<HistoryEntry, 'at'>[]>
  /** Settings of the region, seen at once. */
  set(settings: Partial<RegionSettings>): Promise<void>
}

/** @param options of the queue; `region`: one that another test queue has made. */
export function testQueue(
  client: RedisClient,
  { region: known, ...options }: Partial<QueueOptions> & { readonly region?: string } = {},
): TestQueue {
  made += 1
  const region = known ?? `region-${made}`
  const keys = queueKeys(region)
  const queue = createQueue({ client, leaseMs: longLeaseMs, ...options })
  const brief = createQueue({ client, leaseMs: 0, ...options })
  const callbacks = acting(queue)
  const mine = made
  let requests = 0
  return {
    region,
    keys,
    queue,
    callbacks,
    lapsing: acting(brief),
    request(jobseeker, { advisor = 'anne', key = `request-${mine}-${++requests}`, ...others } = {}) {
      const reason = `"why" of ${jobseeker}: é/\\`
      const rest = { medium: 'phone', phone: '+33 2 99 00 00 00', reason } as const
      const named = { jobseeker, jobseekerName: `Name of ${jobseeker}` }
      return queue.callbacks.request(region, { ...named, advisor, key, ...rest, ...others })
    },
    async events() {
      const entries = await Array.fromAsync(entriesOf(client, region))
      const told = entries
        .filter(({ name }) => name === 'callback.changed' || name === 'callback.offered')
        .map(({ topic, name, text }) => ({ topic, name, data: JSON.parse(text).data as QueueEvent }))
      const offers = new Map(
        told.flatMap(({ name, data: { callback, offer } }) =>
          name === 'callback.offered' ? [[`${callback.id} ${callback.changedAt}`, offer] as const] : [],
        ),
      )
      // The jobseeker is told of every transition once.
      return told
        .filter(({ topic, name, data }) => name === 'callback.changed' && topic === `person:${data.callback.jobseeker}`)
        .map(({ data: { callback } }) => {
          const offer = offers.get(`${callback.id} ${callback.changedAt}`)
          return offer === undefined ? { callback } : { callback, offer }
        })
    },
    async steps(id) {
      return (await callbacks.history(region, id)).map(({ at: _at, ...step }) => step)
    },
    async set(settings) {
      for (const { policies } of [queue, brief]) await policies.setRegion(region, settings)
    },
  }
}

/** An advisor's offer, which the test knows to be there. */
export async function offered(callbacks: Acting, region: string, advisor: string | Taker = 'anne') {
  const taken = await callbacks.offer(region, advisor)
  if (taken === undefined) throw new Error(`nothing was offered to ${JSON.stringify(advisor)}`)
  return { id: taken.callback.id, token: taken.offer.token, ...taken }
}

/** Waits until Redis's clock has passed a moment (ms), so that what comes next is later. */
export const later = (client: RedisClient, than: number): Promise<true> =>
  until(
    async () => {
      const [seconds = 0, microseconds = 0] = await client.time()
      return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000) > than
    },
    { what: 'the next millisecond', everyMs: 1 },
  )

/** Requests that come one after another: of those that come within the same millisecond, the id decides. */
export async function inTurn(
  client: RedisClient,
  test: TestQueue,
  jobseekers: readonly string[],
  options: Parameters<TestQueue['request']>[1] = {},
): Promise<Callback[]> {
  const made: Callback[] = []
  for (const jobseeker of jobseekers) {
    const { callback } = await test.request(jobseeker, options)
    await later(client, callback.requestedAt)
    made.push(callback)
  }
  return made
}
