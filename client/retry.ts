/** Asks the server again and again, for what may be repeated, until there is an answer that asking will not change. */
import { VisavisError } from '../src/protocol/errors.ts'
import { backoffMs } from './backoff.ts'

/**
 * @param ask is given the time it has for its answer (ms).
 * @throws the error of the last attempt: one that is not retryable, or when `forMs` are over.
 */
export async function insist<T>(ask: (timeoutMs: number) => Promise<T>, forMs: number): Promise<T> {
  const deadline = performance.now() + forMs
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ask(Math.max(1, deadline - performance.now()))
    } catch (error) {
      if (!(error instanceof VisavisError) || !error.retryable) throw error
      const waitMs = backoffMs(attempt, Math.random(), error.retryAfterMs)
      if (performance.now() + waitMs > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
  }
}
