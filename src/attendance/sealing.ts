/** Signs the heads of records, so that a record shows which node stands for it. */
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { attendanceKeys } from './keys.ts'
import * as scripts from './scripts.ts'
import type { SigningKeys } from './signing-keys.ts'

export interface SealingOptions {
  readonly client: RedisClient
  readonly keys: SigningKeys
  readonly now?: () => number
}

export type Sealing = ReturnType<typeof createSealing>

export function createSealing({ client, keys, now = Date.now }: SealingOptions) {
  return {
    /** Signs the head of a record, unless it is signed. Repeating it is harmless. */
    async seal(region: string, appointment: string): Promise<void> {
      const { record, seals, due } = attendanceKeys(region)
      const names = [record(appointment), seals(appointment), due] as const
      const [n, hash, sealed] = await outageAware(client.hmget(names[0], 'n', 'hash', 'sealed'))
      const at = now()
      const known = typeof n === 'string' && typeof hash === 'string'
      const fresh = known && Number(n) > Number(sealed ?? 0)
      const signed = fresh ? await keys.sign({ appointment, n: Number(n), hash, at }) : undefined
      const text = signed === undefined ? '' : JSON.stringify(signed)
      await scripts.keepSeal(client, [...names], [appointment, Number(n ?? 0), text])
    },
  }
}
