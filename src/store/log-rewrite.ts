/**
 * Makes Redis write its files anew, from what is there now: in the append-only file stands whatever was ever written, until
 * it is rewritten. For a Redis on this machine.
 */
import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { outageAware } from './errors.ts'
import type { RedisClient } from './redis.ts'

/** Resolves after a rewrite that began after this call; several calls share one. @throws when it failed. */
export type RewriteLog = () => Promise<void>

const everyMs = 20
/** What a Redis that was killed while it wrote leaves behind. */
const leftover = /^temp-.*\.(aof|rdb)$/

export function createRewriteLog(client: RedisClient): RewriteLog {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  const begin = () => {
    running = rewrite(client).finally(() => {
      running = undefined
    })
    return running
  }
  return () => {
    if (running === undefined) return begin()
    // The one under way may have begun before what is to be gone was removed.
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined
        return begin()
      })
    return next
  }
}

async function rewrite(client: RedisClient): Promise<void> {
  // Slow commands are kept in memory with what they said.
  await outageAware(client.slowlog('RESET'))
  await start(client, () => client.bgrewriteaof(), 'aof_rewrite')
  if (!(await succeeded(client, 'aof_last_bgrewrite_status'))) throw new Error('Redis could not rewrite its log')
  const [dir, snapshot] = [await setting(client, 'dir'), await setting(client, 'dbfilename')]
  // Nobody makes one but by hand; then it is there with what there was.
  if (existsSync(join(dir, snapshot))) {
    await start(client, () => client.bgsave(), 'rdb_bgsave')
    if (!(await succeeded(client, 'rdb_last_bgsave_status'))) throw new Error('Redis could not write its snapshot anew')
  }
  await removeLeftovers(dir)
}

async function removeLeftovers(dir: string): Promise<void> {
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (leftover.test(entry.name)) await rm(join(entry.parentPath, entry.name), { force: true })
  }
}

/** Begins one of the two, when neither is under way, and waits for its end. */
async function start(client: RedisClient, command: () => Promise<unknown>, what: string): Promise<void> {
  for (;;) {
    await idle(client)
    try {
      await outageAware(command())
      break
    } catch (error) {
      // Redis has begun one of its own in between.
      if (!(error instanceof Error) || !/in progress|can't BGSAVE/i.test(error.message)) throw error
    }
  }
  await idle(client, what)
}

async function idle(client: RedisClient, what = '(aof_rewrite|rdb_bgsave)'): Promise<void> {
  const busy = new RegExp(`^${what}_(in_progress|scheduled):1`, 'm')
  while (busy.test(await outageAware(client.info('persistence')))) await delay(everyMs)
}

const succeeded = async (client: RedisClient, field: string): Promise<boolean> =>
  new RegExp(`^${field}:ok`, 'm').test(await outageAware(client.info('persistence')))

async function setting(client: RedisClient, name: string): Promise<string> {
  const [, value = ''] = (await outageAware(client.config('GET', name))) as string[]
  return value
}
