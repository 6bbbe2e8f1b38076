/** What a Redis says of itself. */
import type { Redis } from 'ioredis'

/** The figures of one section of INFO by their names; NaN for one that it does not tell. */
export async function redisInfo(client: Redis, section: string): Promise<(name: string) => number> {
  const text = await client.info(section)
  return (name) => Number(new RegExp(`^${name}:(\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN)
}

/** CPU time of the main thread so far, in which every command runs, µs. */
export async function mainThreadUs(client: Redis): Promise<number> {
  const cpu = await redisInfo(client, 'cpu')
  return (cpu('used_cpu_user_main_thread') + cpu('used_cpu_sys_main_thread')) * 1_000_000
}
