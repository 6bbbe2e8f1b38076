/**
 * Keeps somebody who is erased from being made anew by what was on its way. A node that has not heard of it yet may still
 * take a message, a note or a callback; so their id is fenced in each tag that has something of theirs, before anything is
 * erased, and every script that could make the first thing of somebody asks the fence.
 */
import { outageAware } from './errors.ts'
import { key } from './key.ts'
import type { RedisClient } from './redis.ts'
import { script } from './script.ts'

/** zset  person -> until when nothing is made of them (ms); 48 h after the last */
export const fenceKey = (tag: string): string => key('events', tag, 'erased')

/** Longer than any request is repeated. */
export const fenceMs = 48 * 60 * 60 * 1_000

const fenceScript = script<[erased: string], [person: string, keepMs: number], void>(
  new URL('./lua/fence.lua', import.meta.url),
  () => {},
)

export const fence = (client: RedisClient, tag: string, person: string): Promise<void> =>
  fenceScript(client, [fenceKey(tag)], [person, fenceMs])

/** Somebody of this id is enrolled again. */
export async function liftFence(client: RedisClient, tag: string, person: string): Promise<void> {
  await outageAware(client.zrem(fenceKey(tag), person))
}
