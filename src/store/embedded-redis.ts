/**
 * The node's own Redis: a child process on a unix socket, its data in the data folder, started again when it dies.
 *
 *   starting ──answers──▶ running ──dies──▶ waiting ──0, 100, 200 … 2000 ms──▶ starting
 *       └──dies────────────────────────────▶ waiting          any ──close()──▶ stopped
 *
 * A first start that fails is an error of the node; later ones are tried for as long as the node lives, because
 * what does not need storage (connected media) goes on without it.
 */
import { Buffer } from 'node:buffer'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Logger } from 'pino'
import { lockFolder } from './folder-lock.ts'
import { endOrphans } from './orphans.ts'
import { type RedisProcess, spawnRedis } from './redis-process.ts'
import { findRedisProgram } from './redis-program.ts'

export interface EmbeddedRedisOptions {
  readonly dataDir: string
  /** Path of the server program; searched on PATH when absent. */
  readonly redisServer?: string | undefined
  readonly redisFsync: 'always' | 'everysec'
  readonly log: Logger
  /** Told once, when the server has been started and loads its data. */
  readonly onWaiting?: () => void
}

export interface EmbeddedRedis extends AsyncDisposable {
  readonly socket: string
  /** Of the server running now; undefined while there is none. */
  readonly pid: number | undefined
}

/** `sun_path` of Linux holds 108 bytes with the closing zero. */
const socketPathBytes = 107
const firstWaitMs = 100
const longestWaitMs = 2_000
/** A server that has lived this long has recovered: its next death is met without waiting again. */
const steadyMs = 1_000

/** @throws Error that says what is wrong, with the end of Redis' own log when it is Redis that refuses. */
export async function startEmbeddedRedis({
  dataDir,
  redisServer,
  redisFsync,
  log,
  onWaiting,
}: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  await using stack = new AsyncDisposableStack()
  const folder = resolve(dataDir, 'redis')
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await chmod(folder, 0o700)
  } catch (error) {
    throw new Error(`the data folder ${dataDir} cannot be used: ${(error as Error).message}`, { cause: error })
  }
  stack.use(lockFolder(resolve(dataDir)))
  const { program, version } = await findRedisProgram(redisServer)
  await endOrphans(folder, log)
  const socket = await socketPath(folder, stack)
  const settings = settingsOf(folder, socket, redisFsync)
  const start = () => spawnRedis(program, settings, folder, log)

  const startedAt = performance.now()
  let server = start()
  onWaiting?.()
  try {
    await server.ready(socket)
  } catch (error) {
    throw new Error(`the embedded Redis could not start: ${(error as Error).message}\n${await server.lastWords()}`)
  }
  log.info({ pid: server.pid, version, folder, ms: Math.round(performance.now() - startedAt) }, 'Redis is up')

  const closing = new AbortController()
  const supervising = supervise(server, {
    start,
    socket,
    log,
    closed: closing.signal,
    onStart: (next) => {
      server = next
    },
  })
  stack.defer(async () => {
    closing.abort()
    await server.stop()
    await supervising
  })
  const resources = stack.move()
  let disposed: Promise<void> | undefined
  return {
    socket,
    get pid() {
      return server.running ? server.pid : undefined
    },
    [Symbol.asyncDispose]: () => (disposed ??= resources.disposeAsync()),
  }
}

interface Supervision {
  readonly start: () => RedisProcess
  readonly socket: string
  readonly log: Logger
  readonly closed: AbortSignal
  readonly onStart: (server: RedisProcess) => void
}

async function supervise(first: RedisProcess, { start, socket, log, closed, onStart }: Supervision): Promise<void> {
  let server = first
  let waitMs = 0
  let aliveSince = performance.now()
  for (;;) {
    const how = await server.exited
    if (closed.aborted) return
    if (performance.now() - aliveSince > steadyMs) waitMs = 0
    void server.lastWords().then((tail) => log.error({ tail }, `Redis ${how}; starting it again`))
    await pause(waitMs, closed)
    if (closed.aborted) return
    waitMs = Math.min(Math.max(firstWaitMs, 2 * waitMs), longestWaitMs)
    aliveSince = performance.now()
    server = start()
    onStart(server)
    const { pid } = server
    const up = () => log.info({ pid, ms: Math.round(performance.now() - aliveSince) }, 'Redis is up again')
    // A failure is seen as `exited`.
    void server.ready(socket).then(up, () => {})
  }
}

const settingsOf = (folder: string, socket: string, fsync: 'always' | 'everysec'): readonly string[] => [
  ...['--dir', folder, '--port', '0', '--unixsocket', socket, '--unixsocketperm', '700'],
  // The append-only file is the store; snapshots would only write everything twice.
  ...['--appendonly', 'yes', '--appendfsync', fsync, '--save', ''],
  // To rewrite the file takes a core for a while, and what is asked meanwhile waits: of 64 MB, the default, a third of a second
  // every few seconds under load. 256 MB are loaded in three seconds (2026-11, 2 cores).
  ...['--auto-aof-rewrite-min-size', '256mb'],
  // Full is full: an error to the writer, and never a message silently evicted.
  ...['--maxmemory-policy', 'noeviction'],
  // Old messages are read seldom: all of a long list but its two ends is kept compressed (LZF), some 8 kB at a time.
  ...['--list-compress-depth', '1'],
  ...['--daemonize', 'no', '--databases', '1'],
]

/** In the data folder, or in a short temporary one of its own if the path would be too long for a socket. */
async function socketPath(folder: string, stack: AsyncDisposableStack): Promise<string> {
  const usual = join(folder, 'redis.sock')
  if (Buffer.byteLength(usual) <= socketPathBytes) return usual
  const short = Buffer.byteLength(tmpdir()) <= socketPathBytes - 32 ? tmpdir() : '/tmp'
  const own = await mkdtemp(join(short, 'visavis-'))
  stack.defer(() => rm(own, { recursive: true, force: true }))
  return join(own, 'redis.sock')
}

function pause(ms: number, closed: AbortSignal): Promise<void> {
  if (ms === 0 || closed.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      closed.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    closed.addEventListener('abort', end)
  })
}
