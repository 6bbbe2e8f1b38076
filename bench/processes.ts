/** Processes of a benchmark: each is started here, measured, and ended here by its id, whatever happens. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Server extends AsyncDisposable {
  readonly url: string
  readonly pid: number
  /** SIGKILL to this one process, as a crash would be; resolves when it is gone. What it had started may live on. */
  kill(): Promise<void>
}

/** A machine that does much else takes its time. */
const startMs = 180_000
const stopMs = 10_000

export const programPath = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

export const compiled = fileURLToPath(new URL('../.cache/compiled', import.meta.url))

/**
 * Starts a TypeScript program as a process of its own and waits for its log line `{"msg":"listening","url":…}`.
 * @throws with the end of its output when it ends before that, or takes too long.
 */
export async function startServer(
  file: string,
  env: Readonly<Record<string, string>>,
  nodeFlags: readonly string[] = [],
): Promise<Server> {
  const child = spawn(process.execPath, [...nodeFlags, programPath(file)], {
    // As `npm start` does, for peers as for us.
    env: { NODE_COMPILE_CACHE: compiled, ...neutral(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${file} could not be started`)
  const stop = endWith(child, 'SIGTERM')
  const lines: string[] = []
  try {
    const url = await new Promise<string>((resolve, reject) => {
      const fail = (what: string) => reject(new Error(`${file} ${what}:\n${lines.join('\n')}`))
      const timer = setTimeout(() => fail('does not listen'), startMs)
      child.once('exit', () => {
        clearTimeout(timer)
        fail('ended before it listened')
      })
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          lines.push(line)
          if (lines.length > 50) lines.shift()
          if (!line.includes('"msg":"listening"')) return
          clearTimeout(timer)
          resolve((JSON.parse(line) as { url: string }).url)
        })
      }
    })
    const kill = async () => {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    }
    return { url, pid, kill, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * The environment without settings of Visavis: a REDIS_URL on an operator's machine names a Redis that load must never
 * reach. Only where the programs are is kept.
 */
export const neutral = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(
      ([name]) =>
        (!name.startsWith('VISAVIS_') && name !== 'REDIS_URL') ||
        ['VISAVIS_MEDIASOUP_WORKER_BIN', 'VISAVIS_REDIS_SERVER'].includes(name),
    ),
  )

/** Ends this process when asked to, and, with all its children, at the latest when the benchmark itself ends. */
export function endWith(child: ChildProcess, signal: NodeJS.Signals): () => Promise<void> {
  const kill = () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) killTree(child.pid)
  }
  // Before any folder is removed: nobody may write into it any more.
  process.prependOnceListener('exit', kill)
  return async () => {
    try {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      // A Redis that is killed while it rewrites its log leaves the child that does so.
      if (signal === 'SIGKILL') kill()
      else child.kill(signal)
      const timer = setTimeout(kill, stopMs)
      await exited
      clearTimeout(timer)
    } finally {
      process.off('exit', kill)
    }
  }
}

/** A folder that goes with its scope, and at the latest with the benchmark. */
export function temporaryFolder(): { readonly path: string } & AsyncDisposable {
  const path = mkdtempSync(join(tmpdir(), 'visavis-bench-'))
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 3 })
  process.once('exit', remove)
  return {
    path,
    async [Symbol.asyncDispose]() {
      process.off('exit', remove)
      await rm(path, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** The parent first, so that it cannot start again what it sees dying. */
function killTree(pid: number): void {
  const below = children(pid)
  try {
    process.kill(pid, 'SIGKILL')
  } catch {}
  for (const child of below) killTree(child)
}

function children(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return text.trim().split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/**
 * Ends, at the latest with the benchmark, what has its current directory in this folder: a Redis outlives a node that was
 * killed, and is nobody's child then.
 */
export function endWithin(folder: string): Disposable {
  const home = realpathSync(folder)
  const end = () => {
    for (const name of readdirSync('/proc')) {
      try {
        if (!/^\d+$/.test(name) || !`${readlinkSync(`/proc/${name}/cwd`)}/`.startsWith(`${home}/`)) continue
        process.kill(Number(name), 'SIGKILL')
      } catch {}
    }
  }
  process.prependOnceListener('exit', end)
  return {
    [Symbol.dispose]() {
      process.off('exit', end)
      end()
    },
  }
}

/** The children of a process whose command contains `name`. */
export const childrenOf = (pid: number, name: string): number[] =>
  children(pid).filter((child) => {
    try {
      return readFileSync(`/proc/${child}/cmdline`, 'utf8').includes(name)
    } catch {
      return false
    }
  })
