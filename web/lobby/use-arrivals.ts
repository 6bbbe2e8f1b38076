/** Who waits before the rooms of an advisor, kept up to date, said aloud, and counted in the title of the tab. */
import { useEffect, useRef } from 'preact/hooks'
import type { Visavis, Visit } from '../../client/index.ts'
import { announce } from '../page/announcer.tsx'
import { visitsWaiting } from '../page/title.ts'
import { useChanges } from '../page/use-changes.ts'
import { r } from '../room/words.ts'

export function useArrivals({ lobby }: Visavis): readonly Visit[] {
  const known = useRef<ReadonlySet<string>>(new Set())
  useChanges((change) => lobby.onChange(change), lobby)
  useEffect(() => {
    // Asked again with the next connection by the SDK itself.
    lobby.watch().catch(() => {})
  }, [lobby])
  const waiting = lobby.waiting.filter(({ state }) => state === 'waiting')
  useEffect(() => {
    for (const { room, person, name } of waiting)
      if (!known.current.has(`${room} ${person}`)) announce(r('lobbyArrived', { name }))
    known.current = new Set(waiting.map(({ room, person }) => `${room} ${person}`))
    visitsWaiting.value = waiting.length
  })
  return waiting
}
