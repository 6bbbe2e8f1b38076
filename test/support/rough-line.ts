/** A network namespace of a test's own, joined with this machine by a line as bad as wanted: see rough-line.c. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { diesWithParent } from './dies-with-parent.ts'
import { until } from './until.ts'

export interface Line {
  /** Packets lost, each way, in percent. */
  readonly loss?: number
  /** How long a packet takes one way, in ms. */
  readonly delay?: number
  /** Bits per second, each way; 0 for any number. */
  readonly rate?: number
  /** 1: nothing comes through. */
  readonly down?: 0 | 1
  /** 1: no UDP comes through. */
  readonly noudp?: 0 | 1
  /** A port of this machine: nothing but this one, and `also`, can be reached. 0: everything can. */
  readonly only?: number
  readonly also?: number
}

export interface RoughLine {
  /** This machine's address on the line. */
  readonly here: string
  /** The address in the namespace, as it is now. */
  readonly there: string
  /** What is not named becomes perfect again. */
  set(line: Line): Promise<void>
  /** A router with NAT comes between: inside, this machine is known by that IPv4 address alone. */
  hide(announced: string): Promise<void>
  /** The namespace gets another address, and loses the one it had: as from one network into another. */
  move(): Promise<void>
  /** A program that runs another one inside the namespace, with the same words. */
  within(program: string): Promise<string>
}

const run = promisify(execFile)
const perfect = { loss: 0, delay: 0, rate: 0, down: 0, noudp: 0, only: 0, also: 0 } as const

/** Whether this machine lets us make namespaces: they take root. */
export async function mayMakeNamespaces(): Promise<boolean> {
  const name = `vv-try-${process.pid}`
  try {
    await run('ip', ['netns', 'add', name])
    await run('ip', ['netns', 'delete', name])
    return true
  } catch {
    return false
  }
}

/** Ends with the test. */
export async function roughLine(t: { teardown(end: () => Promise<void>): void }): Promise<RoughLine> {
  const folder = await mkdtemp(join(tmpdir(), 'vv-line-'))
  const program = join(folder, 'rough-line')
  await run('cc', ['-O2', '-o', program, fileURLToPath(new URL('rough-line.c', import.meta.url))])
  const id = process.pid
  const [namespace, inner, outer] = [`vv-${id}`, `vvi${id}`, `vvo${id}`]
  // Several test runs on one machine get networks of their own.
  const network = `10.${200 + (id % 50)}.${(id >> 6) % 256}`
  const here = `${network}.1`
  let there = `${network}.2`
  const inside = (...words: string[]) => run('ip', ['-n', namespace, ...words])
  await run('ip', ['netns', 'add', namespace])
  const child = spawn(...diesWithParent('KILL', program, [namespace, inner, outer]), {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const said: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => void said.push(line))
  t.teardown(async () => {
    if (child.exitCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await run('ip', ['netns', 'delete', namespace])
    await rm(folder, { recursive: true, force: true })
  })
  await until(() => said.includes('ready'), { what: 'the line' })
  await run('ip', ['address', 'add', `${here}/24`, 'dev', outer])
  await run('ip', ['link', 'set', outer, 'up'])
  await inside('link', 'set', 'lo', 'up')
  await inside('link', 'set', inner, 'up')
  await inside('address', 'add', `${there}/24`, 'dev', inner)
  await inside('route', 'add', 'default', 'dev', inner)
  const tell = async (settings: readonly string[]) => {
    const from = said.length
    child.stdin.write(settings.map((setting) => `${setting}\n`).join(''))
    await until(() => said.length - from >= settings.length, { what: 'the line to change' })
  }
  return {
    here,
    get there() {
      return there
    },
    set: (line) => tell(Object.entries({ ...perfect, ...line }).map(([name, value]) => `${name} ${value}`)),
    hide: (announced) => tell([`nat ${announced} ${here}`]),
    async move() {
      const before = there
      there = `${network}.${Number(before.split('.')[3]) + 1}`
      // In this order: the first address of a network takes the others along when it goes.
      await inside('address', 'delete', `${before}/24`, 'dev', inner)
      await inside('address', 'add', `${there}/24`, 'dev', inner)
      await inside('route', 'replace', 'default', 'dev', inner)
    },
    async within(inner) {
      const script = join(folder, 'within')
      await writeFile(script, `#!/bin/sh\nexec ip netns exec ${namespace} ${inner} "$@"\n`)
      await chmod(script, 0o755)
      return script
    },
  }
}
