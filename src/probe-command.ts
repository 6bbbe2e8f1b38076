/** `visavis probe`: a process of its own, best on another machine than the node, that writes down how the service is. */
import { parseArgs } from 'node:util'
import { look } from './probe/checks.ts'
import { isProbeName, openLog } from './probe/log-file.ts'
import { startProbe } from './probe/probe.ts'

export const probeUsage = `visavis probe --url <https://host> --log <folder> [--name <probe>] [--every <ms>]

  Looks at a node from outside, until it is stopped: HTTP, WebSocket, and whether its storage and media workers answer. What it
  finds goes into <folder>/<probe>.<day>.jsonl, which the node reads (VISAVIS_PROBE_LOG) when it makes a verdict on an
  appointment: without a probe nobody can be called absent.
  --name    of this probe, when several look at one service; letters, digits, - and _ (default: probe)
  --every   ms between two looks (default: 5000)`

const everyDefaultMs = 5_000
/** A node that answers later does not answer. */
const timeoutMs = 4_000

/** Runs until a signal. @returns the exit code. */
export async function probeCommand(args: readonly string[], print: (line: string) => void): Promise<number> {
  let asked: Asked
  try {
    asked = read(args)
  } catch (error) {
    print(`${error instanceof Error ? error.message : String(error)}\n\n${probeUsage}`)
    return 2
  }
  const { url, folder, name, everyMs } = asked
  const stopped = firstSignal()
  const say = (text: string) => print(`${new Date().toISOString()} ${text}`)
  await using probe = startProbe({
    log: await openLog(folder, name),
    target: url,
    look: () => look({ url, timeoutMs }),
    everyMs,
    onChange: (failed) => say(failed.length === 0 ? 'all is well' : `failing: ${failed.join(', ')}`),
  })
  say(`${name} looks at ${url} every ${everyMs} ms and writes into ${folder}`)
  try {
    await Promise.race([stopped, probe.ended])
    return 0
  } catch (error) {
    say(`the log cannot be written: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}

interface Asked {
  readonly url: string
  readonly folder: string
  readonly name: string
  readonly everyMs: number
}

function read(args: readonly string[]): Asked {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ args: [...args], options: { url: text, log: text, name: text, every: text } })
  const { url, log: folder, name = 'probe', every = String(everyDefaultMs) } = values
  if (url === undefined || folder === undefined) throw new Error('--url and --log are needed')
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) throw new Error(`--url: "${url}" is no http or https URL`)
  if (!isProbeName(name)) throw new Error(`--name: "${name}" is no name`)
  if (!/^\d{2,6}$/.test(every)) throw new Error(`--every: "${every}" is no number of ms from 10 to 999999`)
  return { url, folder, name, everyMs: Number(every) }
}

function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve)
  })
}
