/** The webcam appointment that is on in a room, or begins soon; asked for again as time goes by and appointments change. */
import { useEffect, useState } from 'preact/hooks'
import type { CurrentAppointment, Visavis } from '../../client/index.ts'

const refreshMs = 30_000

export function useCurrent(visavis: Visavis, room: string | undefined): CurrentAppointment | undefined {
  const [current, setCurrent] = useState<{ readonly room: string; readonly found: CurrentAppointment }>()
  useEffect(() => {
    if (room === undefined) return
    let wanted = true
    const load = () => {
      if (visavis.state !== 'open') return
      visavis.appointments.current(room).then(
        (found) => wanted && setCurrent({ room, found }),
        // What was known stays; it is asked again.
        () => {},
      )
    }
    load()
    const timer = setInterval(load, refreshMs)
    const forgets = [visavis.appointments.onChange(load), visavis.onState(load)]
    return () => {
      wanted = false
      clearInterval(timer)
      for (const forget of forgets) forget()
    }
  }, [visavis, room])
  return current?.room === room ? current?.found : undefined
}
