/** A Lua file as a typed function: the number and order of keys and arguments are checked by the compiler. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { RedisClient } from './redis.ts'

export type Script<K extends readonly string[], A extends readonly (string | number)[], R> = (
  client: RedisClient,
  keys: K,
  args: A,
) => Promise<R>

/**
 * @param decode turns the raw reply (nil, value, or `{ 'word', … }`) into a value or a discriminated union.
 * The file is read when the script is first run, so that importing has no effect.
 */
export function script<K extends readonly string[], A extends readonly (string | number)[], R>(
  file: URL,
  decode: (reply: unknown) => R,
): Script<K, A, R> {
  let source: { readonly text: string; readonly sha: string } | undefined
  return async (client, keys, args) => {
    source ??= load(file)
    const { text, sha } = source
    const rest = [...keys, ...args.map(String)]
    try {
      return decode(await client.evalsha(sha, keys.length, ...rest))
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      return decode(await client.eval(text, keys.length, ...rest))
    }
  }
}

function load(file: URL): { text: string; sha: string } {
  const text = readFileSync(file, 'utf8')
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}
