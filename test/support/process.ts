/** src/main.ts as a child process, for tests that kill it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { endRedis } from '../faults/data-folder.ts'
import { diesWithParent } from './dies-with-parent.ts'

export interface NodeProcess extends AsyncDisposable {
  readonly pid: number
  readonly url: string
  /** JSON log lines so far. */
  readonly lines: readonly string[]
  /** Ends this very process and waits until it is gone. */
  kill(signal: NodeJS.Signals): Promise<void>
  readonly exited: Promise<number | null>
}

const ours = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/**
 * @param main another checkout's, for twins.
 * @throws with the last lines of its log when the node ends before it listens.
 */
export async function startProcess(env: Readonly<Record<string, string>>, main: string = ours): Promise<NodeProcess> {
  const child = spawn(...diesWithParent('TERM', process.execPath, [main]), {
    // Tests write faster than people do.
    env: {
      ...process.env,
      VISAVIS_PORT: '0',
      VISAVIS_MEDIA_WORKERS: '1',
      VISAVIS_CHAT_MESSAGES_PER_MINUTE: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { pid } = child
  if (pid === undefined) throw new Error('the node could not be started')
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const lines: string[] = []
  const kill = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exited
  }
  const url = await Promise.race([listening(child, lines), exited.then(() => undefined)])
  if (url === undefined) throw new Error(`the node ended before it listened:\n${lines.slice(-20).join('\n')}`)
  const dispose = async () => {
    await kill('SIGKILL')
    // Its Redis outlives it, until the next start in that folder.
    if (env.VISAVIS_DATA_DIR !== undefined) await endRedis(env.VISAVIS_DATA_DIR)
  }
  return { pid, url, lines, kill, exited, [Symbol.asyncDispose]: dispose }
}

function listening(child: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        const url = urlOf(line)
        if (url !== undefined) resolve(url)
      })
    }
  })
}

function urlOf(line: string): string | undefined {
  if (!line.includes('"listening"')) return undefined
  const entry = JSON.parse(line) as { msg: string; url?: string }
  return entry.msg === 'listening' ? entry.url : undefined
}
