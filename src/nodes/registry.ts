/** The nodes that share a Redis: each says how it is once a second, and learns the same of the others in the same round trip. */
import type { NodeLoad } from '../protocol/operator.ts'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import type { Address } from './holders.ts'
import { nodesKeys } from './keys.ts'
import * as scripts from './scripts.ts'

/** What a node says of itself. */
export interface Said {
  /** As its operator calls it. */
  readonly name: string
  readonly url: string
  readonly rooms: number
  readonly participants: number
  /** Time its workers have left, in cores. */
  readonly freeCpu: number
  /** For operators. Absent until it has been looked at, and of nodes of an earlier version. */
  readonly load?: NodeLoad
}

export interface KnownNode extends Said, Pick<Address, 'node'> {
  readonly silentMs: number
  /** An operator has asked it to take no new rooms. */
  readonly drained: boolean
}

/** A node that is silent for longer than this gets no rooms. */
export const silentMs = 2_500
/** And after this nothing is known of it. */
const forgetMs = 60_000

/** With Redis away, every method throws UNAVAILABLE and may be repeated. */
export class Registry {
  readonly #client: RedisClient

  constructor(client: RedisClient) {
    this.#client = client
  }

  async beat(node: string, said: Said): Promise<KnownNode[]> {
    const { beats, told, drained } = nodesKeys
    const heard = await scripts.beat(this.#client, [beats, told, drained], [node, JSON.stringify(said), forgetMs])
    return heard.map(({ told, ...rest }) => ({ ...(JSON.parse(told) as Said), ...rest }))
  }

  /** Until it ends, or is told otherwise. A node that is started again begins anew. */
  async drain(node: string, on: boolean): Promise<void> {
    const { drained } = nodesKeys
    await outageAware(on ? this.#client.sadd(drained, node) : this.#client.srem(drained, node))
  }

  /** It stops by itself: the others need not wait for its silence. */
  async leave(node: string): Promise<void> {
    const { beats, told, drained } = nodesKeys
    await outageAware(this.#client.zrem(beats, node))
    await outageAware(this.#client.hdel(told, node))
    await outageAware(this.#client.srem(drained, node))
  }
}
