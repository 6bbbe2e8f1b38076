/** A record as it stands, read again when it has gone on. */
import { useEffect, useState } from 'preact/hooks'
import type { Visavis, WholeRecord } from '../../client/index.ts'

export interface ReadRecord {
  readonly record: WholeRecord | undefined
  readonly error: unknown
  readonly again: () => void
}

/** @param appointment undefined: nothing is read. */
export function useRecord(visavis: Visavis, appointment: string | undefined): ReadRecord {
  const [record, setRecord] = useState<WholeRecord>()
  const [error, setError] = useState<unknown>()
  const [count, setCount] = useState(0)
  const again = () => setCount((before) => before + 1)
  useEffect(() => {
    if (appointment === undefined) return setRecord(undefined)
    let current = true
    visavis.attendance.read(appointment).then(
      (read) => {
        if (!current) return
        setRecord(read)
        setError(undefined)
      },
      (cause: unknown) => {
        if (current) setError(cause)
      },
    )
    return () => {
      current = false
    }
  }, [visavis, appointment, count])
  useEffect(
    () =>
      visavis.attendance.onChange((changed) => {
        if (changed === appointment) again()
      }),
    [visavis, appointment],
  )
  return { record: record?.record.appointment === appointment ? record : undefined, error, again }
}
