/** Records of one's appointments, asked for again when one of them has gone on, or the connection is back. */
import { useEffect, useState } from 'preact/hooks'
import type { Visavis } from '../../client/index.ts'

export interface Records<T> {
  readonly value: T | undefined
  readonly error: unknown
}

/** @param what of which records: asked for anew when it changes. */
export function useRecords<T>(visavis: Visavis, what: string, ask: () => Promise<T>): Records<T> {
  const [found, setFound] = useState<Records<T>>({ value: undefined, error: undefined })
  useEffect(() => {
    let current = true
    const load = () => {
      ask().then(
        (value) => current && setFound({ value, error: undefined }),
        // What was known stays.
        (error: unknown) => current && setFound(({ value }) => ({ value, error })),
      )
    }
    load()
    const forgets = [
      visavis.attendance.onChange(load),
      visavis.onState((state) => {
        if (state === 'open') load()
      }),
    ]
    return () => {
      current = false
      for (const forget of forgets) forget()
    }
  }, [visavis, what])
  return found
}
