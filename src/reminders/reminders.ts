/** Who was written to about which unread messages, so that the mail can be withdrawn when they have read. */
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { remindedKey } from './keys.ts'

/** Of each channel only who has leased it reads and writes. With Redis away, every method throws UNAVAILABLE. */
export class Reminders {
  readonly #client: RedisClient

  constructor({ client }: { client: RedisClient }) {
    this.#client = client
  }

  /** Keys of notices by person. */
  async get(region: string, channel: string): Promise<ReadonlyMap<string, string>> {
    const json = await outageAware(this.#client.hget(remindedKey(region), channel))
    return new Map(json === null ? [] : Object.entries(JSON.parse(json) as Record<string, string>))
  }

  /** Of a jobseeker who is erased. Repeating is harmless. */
  async forget(region: string, channel: string): Promise<void> {
    await outageAware(this.#client.hdel(remindedKey(region), channel))
  }

  async set(region: string, channel: string, reminded: ReadonlyMap<string, string>): Promise<void> {
    if (reminded.size === 0) await outageAware(this.#client.hdel(remindedKey(region), channel))
    else
      await outageAware(this.#client.hset(remindedKey(region), channel, JSON.stringify(Object.fromEntries(reminded))))
  }
}
