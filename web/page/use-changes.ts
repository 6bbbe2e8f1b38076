/**
 * Draws a component again when something outside of it changes. Every component that reads an object of the client needs
 * this itself: one that reads a signal (`t` reads the language) is not drawn again with its parent while its props stay
 * the same objects.
 */
import { useEffect, useState } from 'preact/hooks'

type Subscribe = (listener: () => void) => () => void

/** @param subject subscribed to anew when it changes. */
export function useChanges(subscribe: Subscribe, subject: unknown): void {
  const [, redraw] = useState(0)
  // Between the first drawing and the subscription something may have changed already: hence the redraw at once.
  useEffect(() => {
    const change = () => redraw((count) => count + 1)
    change()
    return subscribe(change)
  }, [subject])
}

/** Draws again at an interval while `running`, for countdowns and waits. */
export function useClock(everyMs: number, running = true): void {
  const [, redraw] = useState(0)
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => redraw((count) => count + 1), everyMs)
    return () => clearInterval(timer)
  }, [everyMs, running])
}
