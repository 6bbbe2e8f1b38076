/** A Lua file as a typed function: the number and order of keys and arguments are checked by the compiler. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { translateRedisError } from './errors.ts'
import type { RedisClient } from './redis.ts'

export type Script<K extends readonly string[], A extends readonly (string | number)[], R> = (
  client: RedisClient,
  keys: K,
  args: A,
) => Promise<R>

/**
 * @param decode turns the raw reply (nil, value, or `{ 'word', … }`) into a value or a discriminated union.
 * An outage of Redis is thrown as VisavisError UNAVAILABLE; the transition may still have happened, so it must be
 * made to be repeated.
 * The file is read when the script is first run, so that importing has no effect.
 * @param preludes Lua functions that the script uses, put after its first line (`#!lua`).
 */
export function script<K extends readonly string[], A extends readonly (string | number)[], R>(
  file: URL,
  decode: (reply: unknown) => R,
  preludes: readonly URL[] = [],
): Script<K, A, R> {
  let source: { readonly text: string; readonly sha: string } | undefined
  return async (client, keys, args) => {
    source ??= load(file, preludes)
    const { text, sha } = source
    const rest = [...keys, ...args.map(String)]
    return decode(await run(client, sha, text, keys.length, rest))
  }
}

/** A restarted Redis has forgotten its scripts: it gets the text again. */
async function run(client: RedisClient, sha: string, text: string, keys: number, rest: string[]): Promise<unknown> {
  try {
    return await client.evalsha(sha, keys, ...rest).catch((error: unknown) => {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      return client.eval(text, keys, ...rest)
    })
  } catch (error) {
    throw translateRedisError(error)
  }
}

function load(file: URL, preludes: readonly URL[]): { text: string; sha: string } {
  const own = readFileSync(file, 'utf8')
  const body = own.indexOf('\n') + 1
  const text = [own.slice(0, body), ...preludes.map((url) => readFileSync(url, 'utf8')), own.slice(body)].join('')
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}
