/** How a generator process talks to the benchmark that forked it. */
import type { GeneratorMessage } from '../processes.ts'

export interface Window {
  /** The load begins, or ends: CPU time is measured between the two. */
  started(): void
  stopped(): void
}

/** Runs the one job that the parent sends, and ends. */
export function serveJob<J, R>(work: (job: J, window: Window) => Promise<R>): void {
  const tell = (message: GeneratorMessage<R>) => process.send?.(message)
  // A benchmark that is gone has nobody to stop its load.
  process.once('disconnect', () => process.exit(1))
  process.once('message', (job) => {
    work(job as J, { started: () => tell({ is: 'started' }), stopped: () => tell({ is: 'stopped' }) })
      .then((result) => tell({ is: 'result', result }))
      .catch((error: unknown) =>
        tell({ is: 'failed', why: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
      )
  })
}
