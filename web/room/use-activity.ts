/** Which rooms somebody is in. */
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
    // Events tell only of changes: what was so before, or changed while the connection was lost, is asked for.
    const ask = async () => {
      const { rooms } = await visavis.call('room.active', {})
      setActivity(new Map(rooms.map(({ room, by }) => [room, by])))
      for (const { room, by } of rooms) if (by !== self) onOpened(room)
    }
    const askIfOpen = () => {
      // A failure means that the connection is lost again; the next one asks again.
      if (visavis.state === 'open') ask().catch(() => {})
    }
    const stopState = visavis.onState(askIfOpen)
    askIfOpen()
    return () => {
      stopEvents()
      stopState()
    }
  }, [visavis, self])
  return activity
}
