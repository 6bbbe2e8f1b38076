/** Hands waiting callbacks to advisors who are there. Safe on every node at once: each step is one atomic script. */
import type { Logger } from 'pino'
import type { Callbacks } from './callbacks.ts'

export interface OfferLoopOptions {
  readonly callbacks: Callbacks
  readonly regions: readonly string[]
  /** Advisors who are connected to this node. */
  readonly ready: () => Iterable<{ region: string; advisor: string }>
  readonly log: Logger
  readonly everyMs: number
}

export interface OfferLoop extends AsyncDisposable {
  /** Something changed: look now. */
  wake(): void
}

/** Runs until disposed. Rounds never overlap; what fails in one is logged, and the next one tries again. */
export function startOfferLoop({ callbacks, regions, ready, log, everyMs }: OfferLoopOptions): OfferLoop {
  let closed = false
  let running: Promise<void> | undefined
  let again = false

  // All are waited for, so that nothing of a round runs on behind it; and one failure does not keep the others from it.
  const settle = async (work: readonly Promise<unknown>[]) => {
    const failures = (await Promise.allSettled(work)).filter((result) => result.status === 'rejected')
    const [first] = failures
    if (first === undefined) return
    log.warn({ err: first.reason, failures: failures.length }, 'callbacks could not be offered; trying again')
  }
  const run = async () => {
    do {
      again = false
      await settle(regions.map((region) => callbacks.sweep(region)))
      await settle([...ready()].map(({ region, advisor }) => callbacks.offer(region, advisor)))
    } while (again && !closed)
    running = undefined
  }
  const wake = () => {
    if (closed) return
    again = true
    running ??= run()
  }
  const timer = setInterval(wake, everyMs)

  return {
    wake,
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(timer)
      await running
    },
  }
}
