/** Where durable state lives: the node's own Redis, or the one that REDIS_URL names. */
import type { Logger } from 'pino'
import { VisavisError } from '../protocol/errors.ts'
import { type Durability, readDurability } from './durability.ts'
import { startEmbeddedRedis } from './embedded-redis.ts'
import { translateRedisError } from './errors.ts'
import { createRewriteLog, type RewriteLog } from './log-rewrite.ts'
import { type ConnectOptions, connectRedis, type RedisClient } from './redis.ts'

export interface StoreOptions {
  /** An external Redis or Valkey 7; absent: the node starts its own in `dataDir`. */
  readonly redisUrl?: string | undefined
  readonly redisServer?: string | undefined
  readonly redisFsync: 'always' | 'everysec'
  readonly dataDir: string
  readonly log: Logger
  /** Told once, when all that is left to do is to wait for Redis, which may have much to load. */
  readonly onWaiting?: () => void
}

export interface Store extends AsyncDisposable {
  /** For requests: shared by the whole node. A command waits at most about 2 s while Redis is away. */
  readonly client: RedisClient
  /** A further connection, closed by whoever asked for it and at the latest with the store. */
  duplicate(options?: ConnectOptions): RedisClient
  /** Path of the socket, or the URL without its password. */
  readonly target: string
  /** Process id of the embedded server, while there is one. */
  readonly serverPid: number | undefined
  /** What the Redis of this moment promises about a confirmed write. Rejects while Redis is away. */
  durability(): Promise<Durability>
  /** Leaves nothing of what was removed in the files of the embedded Redis; undefined for one that others look after. */
  readonly rewriteLog: RewriteLog | undefined
  /** True while connected and ready. */
  readonly available: boolean
  close(): Promise<void>
}

/** How long an external Redis may take to answer at start, and how often it is asked at the least. */
const externalMs = 10_000
const leastAttempts = 5
const minMajor = 7

/** @throws Error with one sentence about what is wrong; nothing is left running then. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { redisUrl, log, onWaiting } = options
  await using stack = new AsyncDisposableStack()
  const server = redisUrl === undefined ? stack.use(await startEmbeddedRedis(options)) : undefined
  const address = server?.socket ?? redisUrl ?? ''
  const target = withoutPassword(address)

  const connections = new Set<RedisClient>()
  const connect = (how?: ConnectOptions) => {
    const client = connectRedis(address, how)
    connections.add(client)
    client.once('end', () => connections.delete(client))
    return client
  }
  stack.defer(() => {
    for (const connection of connections) connection.disconnect()
  })
  const client = connect()
  if (server === undefined) onWaiting?.()
  await firstAnswer(client, target)
  const durability = await readDurability(client)
  const level = durability.promise === 'every-write' ? 'info' : 'warn'
  log[level]({ target, ...durability }, 'what storage promises about a confirmed write')
  const resources = stack.move()
  let closed: Promise<void> | undefined
  logOutages(client, log, () => closed !== undefined)
  const close = () => (closed ??= resources.disposeAsync())
  return {
    client,
    duplicate: connect,
    target,
    get serverPid() {
      return server?.pid
    },
    durability: () => readDurability(client),
    rewriteLog: server === undefined ? undefined : createRewriteLog(client),
    get available() {
      return closed === undefined && client.status === 'ready'
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** @throws when Redis does not answer, refuses the password, or is too old for the scripts. */
async function firstAnswer(client: RedisClient, target: string): Promise<void> {
  let lastError: unknown
  client.on('error', (error) => {
    lastError = error
  })
  const deadline = performance.now() + externalMs
  for (let attempt = 1; ; attempt += 1) {
    try {
      const version = /redis_version:(\d+)/.exec(await client.info('server'))?.[1]
      if (version === undefined || Number(version) >= minMajor) return
      throw new TooOld(`Redis at ${target} is version ${version}: ${minMajor} or newer is needed`)
    } catch (error) {
      if (error instanceof TooOld) throw error
      // A wrong password stays wrong; a server that is loading, or not there yet, is worth waiting for.
      const passing = translateRedisError(error) instanceof VisavisError
      if (!passing && error instanceof Error) throw new Error(`Redis at ${target} refuses: ${error.message}`)
      // While the program is loaded nobody reads an answer: on a slow machine that alone may take longer.
      if (performance.now() < deadline || attempt < leastAttempts) continue
      const why = lastError instanceof Error ? lastError.message : String(error)
      throw new Error(`Redis at ${target} does not answer: ${why}`, { cause: error })
    }
  }
}

class TooOld extends Error {}

/** One line when Redis goes and one when it is back, not one per attempt. */
function logOutages(client: RedisClient, log: Logger, closing: () => boolean): void {
  let awaySince: number | undefined
  client.on('close', () => {
    if (awaySince !== undefined || closing()) return
    awaySince = performance.now()
    log.warn('the connection to Redis is lost; writes fail until it is back')
  })
  client.on('ready', () => {
    if (awaySince === undefined) return
    log.info({ awayMs: Math.round(performance.now() - awaySince) }, 'Redis is back')
    awaySince = undefined
  })
}

/** For logs: a URL may carry the password, and a socket path is as it is. */
const withoutPassword = (address: string): string => address.replace(/(\/\/[^/@:]*:)[^@]*@/, '$1***@')
