/** The test call of the check. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { CheckNetwork, CheckProgress, Visavis } from '../../client/index.ts'

export interface CheckedNetwork {
  readonly progress: CheckProgress | undefined
  readonly found: CheckNetwork | undefined
  readonly error: Error | undefined
  readonly measure: () => void
}

export function useNetwork(visavis: Visavis): CheckedNetwork {
  const [progress, setProgress] = useState<CheckProgress>()
  const [found, setFound] = useState<CheckNetwork>()
  const [error, setError] = useState<Error>()
  const running = useRef<AbortController | undefined>(undefined)
  useEffect(() => () => running.current?.abort(), [])
  const measure = async () => {
    running.current?.abort()
    const control = new AbortController()
    running.current = control
    setFound(undefined)
    setError(undefined)
    try {
      const measured = await visavis.checks.measureNetwork({ onProgress: setProgress, signal: control.signal })
      if (!control.signal.aborted) setFound(measured)
    } catch (thrown) {
      if (!control.signal.aborted) setError(thrown instanceof Error ? thrown : new Error(String(thrown)))
    } finally {
      if (running.current === control) setProgress(undefined)
    }
  }
  return { progress, found, error, measure: () => void measure() }
}
