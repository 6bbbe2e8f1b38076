/** What the links in mails are signed with: made once and shared by all nodes, so that those of old mails go on working. */
import { randomBytes } from 'node:crypto'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { secretKey } from './keys.ts'

export class LinkSecret {
  readonly #client: RedisClient
  #secret: string | undefined

  constructor(client: RedisClient) {
    this.#client = client
  }

  async get(): Promise<string> {
    if (this.#secret !== undefined) return this.#secret
    // Of several nodes that start at once one makes it, and all read the same.
    await outageAware(this.#client.set(secretKey, randomBytes(32).toString('base64url'), 'NX'))
    const secret = await outageAware(this.#client.get(secretKey))
    if (secret === null) throw new Error('the secret of the links in mails is gone')
    this.#secret = secret
    return secret
  }
}
