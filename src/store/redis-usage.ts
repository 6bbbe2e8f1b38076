/** What a Redis uses of its machine, as it says itself. */
import { outageAware } from './errors.ts'
import type { RedisClient } from './redis.ts'

export interface RedisUsage {
  /** CPU time of its process since it started, in seconds. */
  readonly userSeconds: number
  readonly systemSeconds: number
  readonly memoryBytes: number
  /** Its `maxmemory`, or else the memory of its machine; 0 when it tells neither. */
  readonly memoryLimitBytes: number
}

/** @throws VisavisError UNAVAILABLE. */
export async function readRedisUsage(client: RedisClient): Promise<RedisUsage | undefined> {
  const sections = await outageAware(Promise.all([client.info('cpu'), client.info('memory')]))
  return usageIn(sections.join('\n'))
}

/** *Pure.* Undefined when it does not tell, as some managed services do not. */
export function usageIn(info: string): RedisUsage | undefined {
  const value = (name: string) =>
    Number(new RegExp(`^${name}:(\\d+(?:\\.\\d+)?)\\s*$`, 'm').exec(info)?.[1] ?? Number.NaN)
  const [userSeconds, systemSeconds, memoryBytes] = [
    value('used_cpu_user'),
    value('used_cpu_sys'),
    value('used_memory'),
  ]
  if ([userSeconds, systemSeconds, memoryBytes].some(Number.isNaN)) return undefined
  const memoryLimitBytes = value('maxmemory') || value('total_system_memory') || 0
  return { userSeconds, systemSeconds, memoryBytes, memoryLimitBytes }
}
