/** A Redis of one's own for a test: a real server in a temporary folder, ended with its scope. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectRedis, type RedisClient } from '../../src/store/redis.ts'
import { diesWithParent, findOnPath } from './dies-with-parent.ts'
import { freePort } from './port.ts'

export interface TestRedisOptions {
  /** One server that owns all slots, on a TCP port: it refuses scripts (`#!lua`) whose keys lie in several slots. */
  readonly cluster?: boolean
  /** Further settings of the server, for example `['--appendonly', 'no']`; they win over ours. */
  readonly args?: readonly string[]
  /** Environment of the server, for example a preloaded library. */
  readonly env?: Readonly<Record<string, string>>
}

export interface TestRedis extends AsyncDisposable {
  readonly client: RedisClient
  /** What `connectRedis` and ioredis take: the path of the socket, or `redis://127.0.0.1:<port>` of a cluster. */
  readonly socket: string
  /** The same as a URL, as the setting REDIS_URL takes it. */
  readonly url: string
  readonly dir: string
  readonly pid: number
  /** kill -9, and waits for the end. */
  kill(): Promise<void>
  /** Starts the server again on the same data and address, after `kill` or instead of the running one. */
  restart(): Promise<void>
}

const startMs = 10_000

/** @param t ends the server with the test, even if its scope is left without disposing. */
export async function testRedis(
  t: { teardown(end: () => Promise<void>): void },
  { cluster = false, args = [], env = {} }: TestRedisOptions = {},
): Promise<TestRedis> {
  const program = findProgram()
  const dir = mkdtempSync(join(tmpdir(), 'vv-redis-'))
  const port = cluster ? await freePort() : 0
  const path = join(dir, 'redis.sock')
  const socket = cluster ? `redis://127.0.0.1:${port}` : path
  const settings = [
    ...['--dir', dir, '--bind', '127.0.0.1', '--port', String(port), '--unixsocket', path, '--unixsocketperm', '700'],
    ...['--save', '', '--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction'],
    ...(cluster ? ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'] : []),
    // The default bus port is `port` + 10000, which may be no port at all.
    ...(cluster ? ['--cluster-port', String(await freePort())] : []),
    ...args,
  ]

  let child: ChildProcess | undefined
  const start = async () => {
    child = spawn(...diesWithParent('KILL', program, settings), {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    })
    let output = ''
    child.stdout?.on('data', (data) => {
      output = `${output}${data}`.slice(-4_000)
    })
    await untilReady(child, path, cluster, () => output)
  }
  const kill = async () => {
    const running = child
    child = undefined
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    running.kill('SIGKILL')
    await once(running, 'exit')
  }

  let ended: Promise<void> | undefined
  let client: RedisClient | undefined
  const end = async () => {
    client?.disconnect()
    await kill()
    await rm(dir, { recursive: true, force: true })
  }
  const dispose = () => {
    ended ??= end()
    return ended
  }
  t.teardown(dispose)

  await start()
  client = connectRedis(socket)
  await client.ping()
  return {
    client,
    socket,
    url: cluster ? socket : `unix://${socket}`,
    dir,
    get pid() {
      return child?.pid ?? 0
    },
    kill,
    async restart() {
      await kill()
      await start()
    },
    [Symbol.asyncDispose]: dispose,
  }
}

function findProgram(): string {
  const program = findOnPath('redis-server', 'valkey-server')
  if (program !== undefined) return program
  throw new Error('this test needs redis-server or valkey-server 7 or newer on PATH (Debian: apt install redis-server)')
}

/** Waits until the server answers with its data loaded; a cluster also until it owns every slot. */
async function untilReady(child: ChildProcess, path: string, cluster: boolean, output: () => string): Promise<void> {
  const deadline = Date.now() + startMs
  const client = connectRedis(path)
  try {
    let slotsAsked = !cluster
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
        child.kill('SIGKILL')
        throw new Error(`the test's Redis did not start within ${startMs} ms:\n${output()}`)
      }
      try {
        await client.ping()
        if (!cluster) return
        const info = String(await client.cluster('INFO'))
        if (info.includes('cluster_state:ok')) return
        if (!slotsAsked && info.includes('cluster_slots_assigned:0')) {
          await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
          slotsAsked = true
        }
      } catch {}
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  } finally {
    client.disconnect()
  }
}
