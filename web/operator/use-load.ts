/** The load, asked for every few seconds while the page is looked at; ever more slowly while there is no answer. */
import { useEffect, useState } from 'preact/hooks'
import { VisavisError } from '../../client/index.ts'
import type { Operation, OperatorLoad } from '../../client/operation.ts'
import { nextAskMs } from './pace.ts'

export interface LoadSeen {
  /** The last that there was. */
  readonly load: OperatorLoad | undefined
  /** Why the last question had no answer. */
  readonly error: unknown
  readonly again: () => void
}

export function useLoad(operation: Operation): LoadSeen {
  const [seen, setSeen] = useState<Omit<LoadSeen, 'again'>>({ load: undefined, error: undefined })
  const [asked, setAsked] = useState(0)
  useEffect(() => {
    let over = false
    let asking = false
    let failures = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = async () => {
      asking = true
      try {
        const load = await operation.load()
        failures = 0
        if (!over) setSeen({ load, error: undefined })
      } catch (error) {
        failures += 1
        if (!over) setSeen(({ load }) => ({ load, error }))
        // Whoever is not let in is not let in the next time either.
        if (error instanceof VisavisError && !error.retryable) return
      } finally {
        asking = false
      }
      if (over || document.hidden) return
      timer = setTimeout(() => void ask(), nextAskMs(failures, Math.random()))
    }
    const shown = () => {
      clearTimeout(timer)
      if (!document.hidden && !asking) void ask()
    }
    void ask()
    document.addEventListener('visibilitychange', shown)
    return () => {
      over = true
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', shown)
    }
  }, [operation, asked])
  return { ...seen, again: () => setAsked((before) => before + 1) }
}
