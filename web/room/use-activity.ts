/** Which rooms somebody is in, as far as this page was told since it was opened. */
import { useEffect, useState } from 'preact/hooks'
import type { Visavis } from '../../client/index.ts'

/** Room → the person who opened it. */
export type Activity = ReadonlyMap<string, string>

/** @param onOpened called when somebody else opens a room. */
export function useActivity(visavis: Visavis, self: string, onOpened: (room: string) => void): Activity {
  const [activity, setActivity] = useState<Activity>(new Map())
  useEffect(() => {
    const stopEvents = visavis.on('room.activated', ({ room, active, by }) => {
      setActivity((before) => {
        const after = new Map(before)
        if (active && by !== undefined) after.set(room, by)
        else after.delete(room)
        return after
      })
      if (active && by !== self) onOpened(room)
    })
    // What happened while the connection was lost is not told again.
    const stopState = visavis.onState((state) => {
      if (state === 'recovering') setActivity(new Map())
    })
    return () => {
      stopEvents()
      stopState()
    }
  }, [visavis, self])
  return activity
}
