/** What a Redis promises about a write it has confirmed. */
import type { RedisClient } from './redis.ts'

export interface Durability {
  readonly appendonly: boolean
  /** As Redis spells it (`always`, `everysec`, `no`), or `unknown` when the service does not tell. */
  readonly appendfsync: string
  /**
   * In words: `every-write` survives a power cut, `last-second` may lose the last second in one, `none` may lose
   * what was confirmed even when only Redis ends.
   */
  readonly promise: 'every-write' | 'last-second' | 'none' | 'unknown'
}

/** Asks Redis. Managed services refuse CONFIG; then the log's state is read from INFO, which does not tell fsync. */
export async function readDurability(client: RedisClient): Promise<Durability> {
  const settings = await readSettings(client)
  if (settings === undefined) {
    const info = await client.info('persistence').catch(() => '')
    const told = /aof_enabled:([01])/.exec(info)?.[1]
    return { appendonly: told === '1', appendfsync: 'unknown', promise: told === '0' ? 'none' : 'unknown' }
  }
  const appendonly = settings.get('appendonly') === 'yes'
  const appendfsync = settings.get('appendfsync') ?? 'unknown'
  return { appendonly, appendfsync, promise: promiseOf(appendonly, appendfsync) }
}

/** Pure. */
export function promiseOf(appendonly: boolean, appendfsync: string): Durability['promise'] {
  if (!appendonly) return 'none'
  if (appendfsync === 'always') return 'every-write'
  if (appendfsync === 'everysec') return 'last-second'
  // With "no", the operating system writes when it likes: a dying Redis loses nothing, a power cut half a minute.
  return appendfsync === 'no' ? 'none' : 'unknown'
}

/** Undefined when CONFIG is refused. */
async function readSettings(client: RedisClient): Promise<Map<string, string> | undefined> {
  try {
    const flat = (await client.config('GET', 'append*')) as string[]
    const pairs = new Map<string, string>()
    for (let i = 0; i + 1 < flat.length; i += 2) pairs.set(String(flat[i]), String(flat[i + 1]))
    return pairs.has('appendonly') ? pairs : undefined
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') return undefined
    throw error
  }
}
