/** Channels in which something may be unread, each looked at by one node at a time. Its cost is that of channels in use. */
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import type { Channels } from './channels.ts'
import { channelKeys, chatShards } from './keys.ts'
import * as scripts from './scripts.ts'
import { type UnreadBy, unreadBy } from './unread-by.ts'

export type { UnreadBy } from './unread-by.ts'

/** One channel, leased to be looked at. */
export interface UnreadLook {
  readonly channel: string
  /** Whether somebody was written to, or may have been. */
  readonly reminded: boolean
  /** The score by which the lease is known. */
  readonly until: number
}

export interface UnreadState {
  /** Of the newest message: its offset, and when it was written (ms). */
  readonly newest: number
  readonly lastAt: number
  readonly by: ReadonlyMap<string, UnreadBy>
}

/** What comes of a look. */
export interface UnreadNext {
  readonly reminded: boolean
  /** When to look next (ms); undefined: when somebody reads or writes. */
  readonly at: number | undefined
  /** The newest message that was looked at. */
  readonly newest: number
}

/** How long a look may take before another node looks. */
const leaseMs = 30_000
const pageSize = 200
/** Whoever has not read more of what colleagues wrote is not looked for any further. */
const mostPages = 5

/** With Redis away, every method throws VisavisError UNAVAILABLE and may be repeated. */
export class Unread {
  readonly #client: RedisClient
  readonly #channels: Pick<Channels, 'since' | 'history'>

  constructor({ client, channels }: { client: RedisClient; channels: Pick<Channels, 'since' | 'history'> }) {
    this.#client = client
    this.#channels = channels
  }

  /** Leases channels that are to be looked at, at most so many of each shard. */
  async take(most: number): Promise<UnreadLook[]> {
    const shards = chatShards().map(({ unread }) => scripts.take(this.#client, [unread], [leaseMs, most]))
    const taken = (await Promise.all(shards)).flatMap(({ until, channels }) =>
      channels.map((channel) => ({ channel, until })),
    )
    return Promise.all(
      taken.map(async ({ channel, until }) => {
        const watched = await outageAware(this.#client.hget(channelKeys(channel).meta, 'watched'))
        return { channel, until, reminded: watched === 'reminded' }
      }),
    )
  }

  /** What each of these members has not read. */
  async state(channel: string, members: readonly string[]): Promise<UnreadState> {
    const { markers, newest, last } = await this.#channels.since(channel, channel, undefined, -1)
    const others = [...markers].filter(([person]) => person !== channel).map(([, { readOffset }]) => readOffset)
    const by = new Map<string, UnreadBy>()
    for (const member of members) {
      // Who is new on the advisor's side need not read again what the others have.
      const read = markers.get(member)?.readOffset ?? (member === channel ? 0 : Math.max(0, ...others))
      const found = await this.#after(channel, member, read, newest)
      if (found !== undefined) by.set(member, found)
    }
    return { newest, lastAt: last?.at ?? 0, by }
  }

  /** Ends a look, or says that somebody is about to be written to. @returns false when others have moved it meanwhile. */
  async put({ channel, until }: UnreadLook, { reminded, at, newest }: UnreadNext): Promise<boolean> {
    const { meta, unread } = channelKeys(channel)
    const watched = reminded ? 'reminded' : at === undefined ? '' : '1'
    return scripts.lookAgain(this.#client, [meta, unread], [channel, until, 'watched', watched, at ?? '', newest])
  }

  /** Somebody was written to, and it is to be looked at once more. */
  async again(channel: string): Promise<void> {
    const { meta, unread } = channelKeys(channel)
    await outageAware(this.#client.zadd(unread, 0, channel))
    await outageAware(this.#client.hset(meta, 'watched', 'reminded'))
  }

  async #after(channel: string, member: string, read: number, newest: number): Promise<UnreadBy | undefined> {
    let after = read
    for (let page = 0; page < mostPages && after < newest; page += 1) {
      const { messages, more } = await this.#channels.history(channel, { after, limit: pageSize })
      const found = unreadBy(member, channel, messages)
      if (found !== undefined || !more) return found
      after = messages.at(-1)?.offset ?? newest
    }
    return undefined
  }
}
