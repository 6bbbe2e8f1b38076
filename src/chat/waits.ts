/** The clocks of answers: channels whose jobseeker waits for one, each looked at by one node at a time. */
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { channelKeys, chatShards } from './keys.ts'
import * as scripts from './scripts.ts'

/** One channel, leased to be looked at. */
export interface Look {
  readonly channel: string
  /** Since when its jobseeker waits for an answer (ms); undefined when they do not. */
  readonly since: number | undefined
  /** Whether somebody was alerted, or may have been. */
  readonly alerted: boolean
  /** The score by which the lease is known. */
  readonly until: number
}

/** What comes of a look. */
export interface Next {
  readonly alerted: boolean
  /** When to look next (ms); undefined: never, until they wait again. */
  readonly at: number | undefined
}

/** How long a look may take before another node looks. */
const leaseMs = 30_000

/** With Redis away, every method throws VisavisError UNAVAILABLE and may be repeated. */
export class Waits {
  readonly #client: RedisClient

  constructor({ client }: { client: RedisClient }) {
    this.#client = client
  }

  /** Leases channels that are to be looked at, at most so many of each shard. */
  async take(most: number): Promise<Look[]> {
    const shards = await Promise.all(
      chatShards().map(({ open }) => scripts.take(this.#client, [open], [leaseMs, most])),
    )
    const taken = shards.flatMap(({ until, channels }) => channels.map((channel) => ({ channel, until })))
    return Promise.all(taken.map(async (one) => ({ ...one, ...(await this.#read(one.channel)) })))
  }

  /**
   * Ends a look, or only says that somebody is about to be alerted, when the same lease goes on.
   * @returns false when the clock has moved since it was looked at: it is looked at again by itself.
   */
  async put({ channel, until }: Look, { alerted, at }: Next): Promise<boolean> {
    const { meta, open } = channelKeys(channel)
    return scripts.lookAgain(this.#client, [meta, open], [channel, until, 'alerted', alerted ? '1' : '', at ?? '', ''])
  }

  /** Somebody is to look at the clock of a channel now, if its jobseeker waits. */
  async hurry(channel: string): Promise<void> {
    await outageAware(this.#client.zadd(channelKeys(channel).open, 'XX', 0, channel))
  }

  /** Since when its jobseeker waits for an answer (ms); undefined when they do not. */
  async since(channel: string): Promise<number | undefined> {
    return (await this.#read(channel)).since
  }

  async #read(channel: string): Promise<Pick<Look, 'since' | 'alerted'>> {
    const [side, since, alerted] = await outageAware(
      this.#client.hmget(channelKeys(channel).meta, 'side', 'since', 'alerted'),
    )
    const waits = side === 'j' && typeof since === 'string'
    return { since: waits ? Number(since) : undefined, alerted: typeof alerted === 'string' }
  }
}
