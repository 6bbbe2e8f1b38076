/** A callback queue of one's own on a real Redis, and a look at what it keeps. */
import type { Callback, Offer } from '../../src/protocol/index.ts'
import { Callbacks, type HistoryEntry } from '../../src/queue/callbacks.ts'
import { queueKeys } from '../../src/queue/keys.ts'
import { parseEntry } from '../../src/store/events.ts'
import type { RedisClient } from '../../src/store/redis.ts'
import { until } from '../support/until.ts'

/** One transition, as it was told. */
export interface QueueEvent {
  readonly callback: Callback
  /** Present when it was offered. */
  readonly offer?: Offer
}

let made = 0

export interface TestQueue {
  readonly region: string
  readonly keys: ReturnType<typeof queueKeys>
  /** Leases that do not run out during a test. */
  readonly callbacks: Callbacks
  /** The same queue with leases that are over as soon as they are given. */
  readonly lapsing: Callbacks
  /** A request with a key of its own, to advisor `anne` unless told otherwise. */
  request(jobseeker: string, options?: { advisor?: string; key?: string }): ReturnType<Callbacks['request']>
  events(): Promise<QueueEvent[]>
  /** State, actor and reason of every transition. */
  steps(id: string): Promise<Omit<HistoryEntry, 'at'>[]>
}

export function testQueue(client: RedisClient): TestQueue {
  made += 1
  const region = `region-${made}`
  const keys = queueKeys(region)
  const callbacks = new Callbacks({ client, leaseMs: 60_000 })
  let requests = 0
  return {
    region,
    keys,
    callbacks,
    lapsing: new Callbacks({ client, leaseMs: 0 }),
    request(jobseeker, { advisor = 'anne', key = `request-${++requests}` } = {}) {
      const reason = `"why" of ${jobseeker}: é/\\`
      const rest = { medium: 'phone', phone: '+33 2 99 00 00 00', reason } as const
      return callbacks.request(region, { jobseeker, jobseekerName: `Name of ${jobseeker}`, advisor, key, ...rest })
    },
    async events() {
      const entries = (await client.xrange(keys.log, '-', '+')).map(([, [, entry]]) => parseEntry(entry ?? ''))
      const told = entries.map(({ topic, name, text }) => ({ topic, name, data: JSON.parse(text).data as QueueEvent }))
      // Both sides are told of every transition, the advisor also of the offer: here each transition counts once.
      return told
        .filter(({ topic, name, data }) => name === 'callback.offered' || isJobseekers(topic, data))
        .filter(({ data: { callback }, name }, n, all) => {
          const next = all[n + 1]
          return (
            name === 'callback.offered' || next?.name !== 'callback.offered' || next.data.callback.id !== callback.id
          )
        })
        .map(({ data }) => data)
    },
    async steps(id) {
      return (await callbacks.history(region, id)).map(({ at: _at, ...step }) => step)
    },
  }
}

const isJobseekers = (topic: string, { callback }: QueueEvent): boolean => topic === `person:${callback.jobseeker}`

/** An advisor's offer, which the test knows to be there. */
export async function offered(callbacks: Callbacks, region: string, advisor = 'anne') {
  const taken = await callbacks.offer(region, advisor)
  if (taken === undefined) throw new Error(`nothing was offered to ${advisor}`)
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
