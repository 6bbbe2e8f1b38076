/** What a result was measured on: without it a figure says nothing. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly node: string
  readonly redis: string
  readonly mediasoup: string
}

const run = promisify(execFile)
const root = new URL('..', import.meta.url)

export async function describeMachine(): Promise<Machine> {
  const [{ stdout }, mediasoup] = await Promise.all([
    run(redisProgram(), ['--version']),
    readFile(new URL('node_modules/mediasoup/package.json', root), 'utf8'),
  ])
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    node: process.version,
    redis: /v=(\S+)/.exec(stdout)?.[1] ?? 'unknown',
    mediasoup: (JSON.parse(mediasoup) as { version: string }).version,
  }
}

export const redisProgram = (): string => process.env.VISAVIS_REDIS_SERVER ?? 'redis-server'

/** Results that are kept change no figure: whoever keeps one scenario after the other measures one commit. */
const measuring = ['.', ':!bench/README.md', ':!bench/latest/results', ':!bench/latest/ratios.svg']

/** @param checkout for tests: of whose. */
export async function commit(checkout: string | URL = root): Promise<string> {
  const git = (...args: string[]) => run('git', args, { cwd: checkout }).then(({ stdout }) => stdout.trim())
  const [id, changes] = await Promise.all([
    git('rev-parse', '--short=12', 'HEAD'),
    git('status', '--porcelain', '--', ...measuring),
  ]).catch(() => ['unknown', ''])
  return changes === '' ? (id ?? 'unknown') : `${id} with changes`
}

/** The mediasoup-worker of the generator and of the peer: the same program as the server's. */
export const workerBin = (): string =>
  process.env.VISAVIS_MEDIASOUP_WORKER_BIN ?? fileURLToPath(new URL('.cache/mediasoup-worker', root))
