/** Which talk one has just left, while its summary is not closed yet. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Visavis } from '../../client/index.ts'
import { aroundOf, leadMs } from './around.ts'

export interface Left {
  readonly appointment: string
  /** Of the jobseeker. */
  readonly room: string
}

/** @param room the room one is in at the moment. */
export function useAfter(visavis: Visavis, room: string | undefined): { left: Left | undefined; forget: () => void } {
  const [left, setLeft] = useState<Left>()
  const before = useRef<string | undefined>(undefined)
  useEffect(() => {
    const was = before.current
    before.current = room
    if (room !== undefined) return setLeft(undefined)
    if (was === undefined) return
    visavis.attendance.list({ before: Math.trunc(visavis.now()) + leadMs }).then(
      (records) => {
        const record = aroundOf(records, was, visavis.now())
        if (record !== undefined) setLeft({ appointment: record.appointment, room: was })
      },
      // Without it there is no summary; the record is among the past appointments.
      () => {},
    )
  }, [visavis, room])
  return { left, forget: () => setLeft(undefined) }
}
