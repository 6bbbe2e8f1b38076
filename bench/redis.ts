/** A Redis for a peer: its own process, a socket in a temporary folder, the same durability as the product's. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { redisProgram } from './machine.ts'

export async function startRedis(): Promise<{ socket: string; pid: number } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'visavis-bench-'))
  const socket = join(folder, 'redis.sock')
  const settings = { port: '0', unixsocket: socket, dir: folder, appendonly: 'yes', appendfsync: 'always', save: '' }
  const child = spawn(
    redisProgram(),
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    {
      stdio: 'ignore',
    },
  )
  if (child.pid === undefined) throw new Error('Redis could not be started')
  const kill = () => {
    child.kill('SIGKILL')
  }
  process.once('exit', kill)
  const answers = () =>
    new Promise<boolean>((resolve) => {
      const probe = connect(socket)
      probe.once('connect', () => resolve(true)).once('error', () => resolve(false))
      probe.once('close', () => probe.destroy())
      probe.once('connect', () => probe.end())
    })
  const deadline = performance.now() + 5_000
  while (!(await answers())) {
    if (performance.now() > deadline) throw new Error('Redis does not answer')
    await delay(10)
  }
  return {
    socket,
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      process.off('exit', kill)
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}
