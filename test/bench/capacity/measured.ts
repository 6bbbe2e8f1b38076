/** A measurement of capacity in its short form, as a process of its own; somebody may hold a part of it up from outside. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'

/** The children of a process whose command line contains a text. */
function childrenOf(pid: number, text: string): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
    return children.map(Number).filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes(text))
  } catch {
    return []
  }
}

/** Lets a process work for so long, and stand still for so long, again and again. */
async function throttle(
  find: () => number[],
  [runMs, stopMs]: readonly [number, number],
  over: AbortSignal,
): Promise<void> {
  const signal = (name: NodeJS.Signals) => {
    for (const pid of find()) {
      try {
        process.kill(pid, name)
      } catch {}
    }
  }
  while (!over.aborted) {
    signal('SIGSTOP')
    await delay(stopMs)
    signal('SIGCONT')
    await delay(runMs)
  }
}

interface Measured {
  readonly code: number
  readonly out: string
  readonly folder: string
}

interface Slow {
  /** Part of its command line. */
  readonly program: string
  /** For so long it works, and for so long it stands still (ms). */
  readonly rhythm: readonly [number, number]
}

/** A server of the command's own, and the smallest load that there is: two rooms. */
const smallest = [
  ...['--region', 'corse', '--registered', '1000', '--volunteers', '250', '--online-share', '0.02'],
  ...['--most', '1', '--margin', '0', '--minutes', '5', '--workers', '1'],
]
/** A machine that runs tests has other programs, which are no excuse here. */
const always = ['--seconds', '2', '--no-canary', '--no-excuse']

interface Asked {
  /** What to hold up, from when the server is there. */
  readonly slow?: Slow
  /** Instead of the smallest load. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Into which the results go. */
  readonly folder?: string
}

export async function capacity(t: Test, { slow, args = smallest, env = {}, ...asked }: Asked = {}): Promise<Measured> {
  const folder = asked.folder ?? t.testdir()
  const child = spawn(process.execPath, ['bench/run.ts', 'capacity', ...args, ...always, '--out', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  t.teardown(() => child.kill('SIGTERM'))
  let out = ''
  const over = new AbortController()
  let throttling: Promise<void> | undefined
  const find = () => childrenOf(child.pid ?? 0, slow?.program ?? '')
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      out += String(data)
      if (slow !== undefined && out.includes('windows of')) throttling ??= throttle(find, slow.rhythm, over.signal)
    })
  }
  const [code] = (await once(child, 'exit')) as [number]
  over.abort()
  await throttling
  return { code, out, folder }
}
