/** The outbox of each region as those see it who empty it. What is put into it: notices.ts. */
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { noticeKeys } from './keys.ts'
import type { Change } from './notice.ts'
import type { Taken } from './scripts.ts'
import * as scripts from './scripts.ts'

export type { Taken } from './scripts.ts'

export interface OutboxOptions {
  readonly client: RedisClient
  readonly retentionMs: number
  /** How long one mail may take before another node takes it. */
  readonly leaseMs?: number
}

const leaseDefaultMs = 120_000
/** Notices merged into one mail. */
const together = 500
/** Notices removed in one go, so that a great many do not hold Redis up. */
const batch = 100

/** With Redis away, every method throws VisavisError UNAVAILABLE and may be repeated. */
export class Outbox {
  readonly leaseMs: number
  readonly #client: RedisClient
  readonly #retentionMs: number

  constructor({ client, retentionMs, leaseMs = leaseDefaultMs }: OutboxOptions) {
    this.#client = client
    this.#retentionMs = retentionMs
    this.leaseMs = leaseMs
  }

  /** Leases at most so many mails that are due; `now` is the moment by Redis's clock (ms). */
  take(region: string, most: number): Promise<{ now: number; mails: readonly Taken[] }> {
    return scripts.take(this.#client, outboxKeys(region), [this.leaseMs, most, together, this.#retentionMs])
  }

  /** Records what came of notices of one mail; those that somebody else has taken since stay as they are. */
  async settle(region: string, token: number, changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return
    await scripts.settle(this.#client, outboxKeys(region), [token, JSON.stringify(changes), this.#retentionMs])
  }

  /** Notices that have not ended. */
  async waiting(regions: readonly string[]): Promise<number> {
    const counts = regions.map((region) => this.#client.zcard(noticeKeys(region).due))
    return (await outageAware(Promise.all(counts))).reduce((total, count) => total + count, 0)
  }

  /** Removes what is older than its retention. */
  async expire(region: string): Promise<void> {
    while ((await scripts.expire(this.#client, outboxKeys(region), [batch])) === batch);
  }
}

export function outboxKeys(region: string): scripts.OutboxKeys {
  const { notices, own, open, due, expiring } = noticeKeys(region)
  return [notices, own, open, due, expiring]
}
