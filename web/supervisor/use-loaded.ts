/** Something that is asked for once, and again when wished: while it is not there, why. */
import { useEffect, useState } from 'preact/hooks'

export interface Loaded<T> {
  readonly value: T | undefined
  readonly error: unknown
  readonly again: () => void
}

/** @param subject asked for anew when it changes. */
export function useLoaded<T>(load: () => Promise<T>, subject: unknown): Loaded<T> {
  const [state, setState] = useState<{ readonly value?: T; readonly error?: unknown; readonly of?: unknown }>({})
  const [asked, setAsked] = useState(0)
  useEffect(() => {
    let over = false
    load().then(
      (value) => over || setState({ value, of: subject }),
      // What was there stays.
      (error: unknown) => over || setState((before) => ({ ...before, error })),
    )
    return () => {
      over = true
    }
  }, [subject, asked])
  return {
    value: state.of === subject ? state.value : undefined,
    error: state.error,
    again: () => setAsked((count) => count + 1),
  }
}
