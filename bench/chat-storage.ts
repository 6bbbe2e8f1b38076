/**
 * What the node's own Redis holds and what it has worked, asked past the node. The only file of the benchmarks that knows
 * a key of the product's: that of event logs. How chat is stored it does not know.
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { shardKeys } from '../src/store/events.ts'
import { mainThreadUs, redisInfo } from './redis-info.ts'

export interface Held {
  /** `used_memory`, bytes. */
  readonly usedBytes: number
  /** Of which in event logs, whose length is bounded however many messages there are. */
  readonly eventLogBytes: number
}

export interface Storage extends AsyncDisposable {
  /**
   * When nothing moves any more: no rewriting of the append-only file, and memory neither grows nor shrinks.
   * @param stillMs for so long; what is remembered for seconds only is gone by then.
   */
  settled(stillMs?: number): Promise<Held>
  /** CPU time of the main thread so far, in which every command runs, µs. */
  cpuUs(): Promise<number>
}

const lookEveryMs = 250
const timeoutMs = 60_000
/** Of what is held, and bytes of whoever still counts something: below it nothing moves any more. */
const still = 0.001
const stillBytes = 20_000
const scanned = 10_000

/** @param folder the data folder of a node with an embedded Redis. */
export function openStorage(folder: string): Storage {
  const client = new Redis(join(folder, 'redis', 'redis.sock'))
  const info = (section: string) => redisInfo(client, section)

  const eventLogBytes = async (): Promise<number> => {
    let bytes = 0
    for await (const keys of client.scanStream({ match: shardKeys('*').log, count: scanned })) {
      for (const key of keys as string[]) bytes += (await client.memory('USAGE', key, 'SAMPLES', 0)) ?? 0
    }
    return bytes
  }

  return {
    async settled(stillMs = lookEveryMs) {
      const deadline = performance.now() + timeoutMs
      const used = async () => (await info('memory'))('used_memory')
      let before = await used()
      for (let movedAt = performance.now(); ; ) {
        await delay(lookEveryMs)
        const [now, persistence] = [await used(), await info('persistence')]
        const moved = Math.abs(now - before) > Math.max(stillBytes, now * still)
        const looked = performance.now()
        if (moved || persistence('aof_rewrite_in_progress') !== 0) movedAt = looked
        if (looked - movedAt >= stillMs || looked > deadline)
          return { usedBytes: now, eventLogBytes: await eventLogBytes() }
        before = now
      }
    },
    cpuUs: () => mainThreadUs(client),
    async [Symbol.asyncDispose]() {
      client.disconnect()
    },
  }
}
