/** Processes of a benchmark: each is started here, measured through /proc, and ended here by its id. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Server extends AsyncDisposable {
  readonly url: string
  readonly pid: number
}

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url))

/**
 * Starts a TypeScript program as a process of its own and waits for its log line `{"msg":"listening","url":…}`.
 * @throws with the end of its output when it ends before that.
 */
export async function startServer(file: string, env: Readonly<Record<string, string>>): Promise<Server> {
  const child = spawn(process.execPath, [path(file)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${file} could not be started`)
  const stop = endWith(child, 'SIGTERM')
  const lines: string[] = []
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        if (lines.length > 50) lines.shift()
        if (line.includes('"msg":"listening"')) resolve((JSON.parse(line) as { url: string }).url)
      })
    }
    child.once('exit', () => reject(new Error(`${file} ended before it listened:\n${lines.join('\n')}`)))
  })
  return { url, pid, [Symbol.asyncDispose]: stop }
}

export type GeneratorMessage<R> =
  | { is: 'started' }
  | { is: 'stopped' }
  | { is: 'result'; result: R }
  | { is: 'failed'; why: string }

export interface GeneratorRun<R> {
  readonly result: R
  /** CPU µs that each named process used between the generator's `started` and `stopped`. */
  readonly cpuUs: Readonly<Record<string, number>>
  readonly seconds: number
}

/**
 * Runs a load generator in a process of its own.
 * @param job what it is to do, sent as its first message.
 * @param watched processes whose CPU time is measured over its window of load.
 * @throws when the generator fails or takes longer than `timeoutMs`.
 */
export async function runGenerator<R>(
  file: string,
  job: unknown,
  { watched, timeoutMs }: { watched: Readonly<Record<string, readonly number[]>>; timeoutMs: number },
): Promise<GeneratorRun<R>> {
  const child = fork(path(file), { execPath: process.execPath })
  const stop = endWith(child, 'SIGKILL')
  const timer = setTimeout(() => void stop(), timeoutMs)
  try {
    child.send(job as object)
    const measure = async () => {
      const names = Object.entries(watched)
      return { at: performance.now(), cpu: await Promise.all(names.map(([, pids]) => cpuUsOf(pids))) }
    }
    let from = await measure()
    let to = from
    for await (const message of messages<R>(child)) {
      if (message.is === 'started') from = await measure()
      if (message.is === 'stopped') to = await measure()
      if (message.is === 'failed') throw new Error(`${file}: ${message.why}`)
      if (message.is !== 'result') continue
      const cpuUs = Object.fromEntries(
        Object.keys(watched).map((name, n) => [name, (to.cpu[n] ?? 0) - (from.cpu[n] ?? 0)]),
      )
      return { result: message.result, cpuUs, seconds: (to.at - from.at) / 1_000 }
    }
    throw new Error(`${file} ended without a result`)
  } finally {
    clearTimeout(timer)
    await stop()
  }
}

async function* messages<R>(child: ChildProcess): AsyncGenerator<GeneratorMessage<R>> {
  const queue: GeneratorMessage<R>[] = []
  let wake = () => {}
  let ended = false
  child.on('message', (message) => {
    queue.push(message as GeneratorMessage<R>)
    wake()
  })
  child.once('exit', () => {
    ended = true
    wake()
  })
  for (;;) {
    const message = queue.shift()
    if (message !== undefined) yield message
    else if (ended) return
    else
      await new Promise<void>((resolve) => {
        wake = resolve
      })
  }
}

/** Ends this process when asked to, and at the latest when the benchmark itself ends. */
function endWith(child: ChildProcess, signal: NodeJS.Signals): () => Promise<void> {
  const kill = () => {
    child.kill('SIGKILL')
  }
  process.once('exit', kill)
  return async () => {
    process.off('exit', kill)
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    const timer = setTimeout(kill, 10_000)
    await exited
    clearTimeout(timer)
  }
}

/** Clock ticks of /proc are 10 ms on every Linux. */
const usPerTick = 10_000

/** CPU time used so far (user and system), µs. A process that is gone counts as nothing. */
async function cpuUsOf(pids: readonly number[]): Promise<number> {
  const times = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      // The second field, the name, may contain spaces: fields are counted after its closing parenthesis.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * usPerTick
    }),
  )
  return times.reduce((sum, time) => sum + time, 0)
}

/** The children of a process whose command contains `name`. */
export async function childrenOf(pid: number, name: string): Promise<number[]> {
  const tasks = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  const children = tasks.trim().split(' ').filter(Boolean).map(Number)
  const commands = await Promise.all(
    children.map((child) => readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '')),
  )
  return children.filter((_, n) => commands[n]?.includes(name))
}
