/** A Redis for a peer: its own process, a socket in a temporary folder, the same durability as the product's. */
import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { join } from 'node:path'
import { until } from './condition.ts'
import { redisProgram } from './machine.ts'
import { endWith, temporaryFolder } from './processes.ts'

export interface PeerRedis extends AsyncDisposable {
  readonly socket: string
  readonly pid: number
}

/** When a write is on disk: before it is answered, or within a second. */
export type Fsync = 'always' | 'everysec'

const startMs = 5_000

export async function startRedis(fsync: Fsync = 'always'): Promise<PeerRedis> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder()).path
  const socket = join(folder, 'redis.sock')
  // The product's settings (src/store/embedded-redis.ts).
  const settings = {
    port: '0',
    unixsocket: socket,
    dir: folder,
    appendonly: 'yes',
    appendfsync: fsync,
    save: '',
    'maxmemory-policy': 'noeviction',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  const child = spawn(redisProgram(), args, { stdio: 'ignore' })
  if (child.pid === undefined) throw new Error('Redis could not be started')
  stack.defer(endWith(child, 'SIGKILL'))
  await until(() => answers(socket), startMs)
  const resources = stack.move()
  return { socket, pid: child.pid, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

const answers = (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = connect(socket)
    probe.once('connect', () => {
      probe.end()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
