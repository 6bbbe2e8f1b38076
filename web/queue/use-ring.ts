/** Tells of an offer by sound and in the title of the tab, for as long as it waits for an answer. */
import { useEffect, useState } from 'preact/hooks'
import { offersWaiting } from '../page/title.ts'
import { mayBeHeard, ring } from './ring.ts'

const againEveryMs = 5_000

/** @param offers their ids. */
export function useRing(offers: readonly string[]): void {
  const [newest] = offers.toReversed()
  useEffect(() => {
    offersWaiting.value = offers.length
  }, [offers.length])
  useEffect(() => {
    if (newest === undefined) return
    ring()
    const timer = setInterval(ring, againEveryMs)
    return () => clearInterval(timer)
  }, [newest])
}

/** Whether the page could be heard by now; drawn again with the first click or key. */
export function useHearing(): boolean {
  const [heard, setHeard] = useState(mayBeHeard)
  useEffect(() => {
    if (heard) return
    const look = () => setHeard(mayBeHeard())
    for (const event of ['pointerup', 'keyup'] as const) addEventListener(event, look)
    return () => {
      for (const event of ['pointerup', 'keyup'] as const) removeEventListener(event, look)
    }
  }, [heard])
  return heard
}
