/** Looks at a node every few seconds and writes down how it was, until it is closed. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Check } from './line.ts'
import type { LogFile } from './log-file.ts'

export interface ProbeOptions {
  readonly log: LogFile
  readonly target: string
  /** @returns what failed. */
  readonly look: () => Promise<readonly Check[]>
  readonly everyMs: number
  /** A line that says that all is well is written at least so often. */
  readonly lineMs?: number
  readonly now?: () => number
  /** What was found has changed. */
  readonly onChange?: (failed: readonly Check[]) => void
}

export interface Probe extends AsyncDisposable {
  /** Rejects when the log cannot be written. */
  readonly ended: Promise<void>
}

interface Period {
  from: number
  until: number
  checks: number
  failed: readonly Check[]
}

const lineDefaultMs = 60_000
/** Beyond so many intervals without a look (the machine slept, the process was stopped) nothing is known of them. */
const silentIntervals = 4

export function startProbe(options: ProbeOptions): Probe {
  const { log, target, look, everyMs, lineMs = lineDefaultMs, now = Date.now, onChange = () => {} } = options
  const stop = new AbortController()
  let period: Period | undefined

  const write = async (done: Period | undefined) => {
    if (done !== undefined && done.until > done.from) await log.add({ target, ...done })
  }

  const note = async (at: number, ended: number, failed: readonly Check[]) => {
    const before = period
    const silent = before !== undefined && at - before.until > silentIntervals * everyMs
    const same = before !== undefined && String(before.failed) === String(failed)
    if (before !== undefined && same && !silent) {
      before.until = ended
      before.checks += 1
      if (ended - before.from < lineMs) return
      await write(before)
      period = { from: ended, until: ended, checks: 0, failed }
      return
    }
    // It counts as failing until it is seen to be well.
    if (before !== undefined && !same && !silent && before.failed.length > 0) before.until = at
    await write(before)
    if (!same) onChange(failed)
    // Something may have failed since it was last seen to be well.
    const from = before === undefined || silent ? at : before.until
    period = { from, until: ended, checks: 1, failed }
    if (failed.length === 0) return
    // What fails is written at once: who knows how long this machine stands.
    await write(period)
    period = { from: ended, until: ended, checks: 0, failed }
  }

  const run = async () => {
    while (!stop.signal.aborted) {
      const at = now()
      const failed = await look()
      await note(at, Math.max(now(), at + 1), failed)
      await delay(Math.max(0, at + everyMs - now()), undefined, { signal: stop.signal }).catch(() => {})
    }
    await write(period)
  }
  const ended = run()
  // Whoever waits for its end is told; nobody else is to fall over it.
  ended.catch(() => {})

  return {
    ended,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await ended.catch(() => {})
    },
  }
}
