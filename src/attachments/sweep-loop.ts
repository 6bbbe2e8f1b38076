/** Sweeps files that nobody needs, now and then. Safe on every node at once: each step may be done twice. */
import type { Logger } from 'pino'
import type { Attachments } from './attachments.ts'

export interface SweepLoopOptions {
  readonly attachments: Pick<Attachments, 'sweep'>
  readonly log: Logger
  readonly everyMs?: number
}

const everyDefaultMs = 5 * 60 * 1_000

/** Runs until disposed; then it waits for the sweep in hand. */
export function startSweepLoop({ attachments, log, everyMs = everyDefaultMs }: SweepLoopOptions): AsyncDisposable {
  let running: Promise<void> | undefined
  const sweep = async () => {
    try {
      const swept = await attachments.sweep()
      if (swept > 0) log.info({ swept }, 'files that belonged to no message were removed')
    } catch (err) {
      log.warn({ err }, 'files could not be swept; trying again later')
    } finally {
      running = undefined
    }
  }
  const timer = setInterval(() => {
    running ??= sweep()
  }, everyMs)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await running
    },
  }
}
