/** How a generator process talks to the benchmark that forked it. */
import type { FromGenerator, ToGenerator } from '../generators.ts'

/** How often a generator tells how it goes. */
export const tellEveryMs = 500

export interface Window {
  /** How it goes, for whoever watches. */
  tell(now: object): void
  /** Tells that the warm-up is over, and waits until all generators are. */
  open(): Promise<void>
  /** All of the load has been answered: CPU time is measured until here. */
  close(): void
}

/** Runs the one job that the parent sends, and ends with it. */
export function serveJob<J, R>(work: (job: J, window: Window) => Promise<R>): void {
  const tell = (message: FromGenerator<R>) => process.send?.(message)
  const go = Promise.withResolvers<void>()
  const window: Window = {
    tell: (now) => tell({ is: 'under way', now }),
    async open() {
      tell({ is: 'ready' })
      await go.promise
    },
    close: () => tell({ is: 'drained' }),
  }
  const begin = async (job: J) => {
    try {
      tell({ is: 'result', result: await work(job, window) })
    } catch (error) {
      tell({ is: 'failed', why: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  }
  // A benchmark that is gone has nobody to stop its load.
  process.once('disconnect', () => process.exit(1))
  process.on('message', (told) => {
    const message = told as ToGenerator<J>
    if (message.is === 'go') go.resolve()
    else void begin(message.job)
  })
}
