/** *Pure.* The windows a jobseeker may choose from, by the day they begin. */
import type { Window } from '../../client/index.ts'

export interface Day {
  /** The midnight before (ms). */
  readonly at: number
  readonly windows: readonly Window[]
}

const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0)

/** Days as the clocks of this device have them, in order. */
export function byDay(windows: readonly Window[]): Day[] {
  const days = new Map<number, Window[]>()
  for (const window of windows.toSorted((a, b) => a.from - b.from)) {
    const at = midnight(window.from)
    const ofDay = days.get(at)
    if (ofDay === undefined) days.set(at, [window])
    else ofDay.push(window)
  }
  return [...days].map(([at, ofDay]) => ({ at, windows: ofDay }))
}

/** A window that was asked for already is not offered again, and may be kept as long as it lies ahead. */
export const withOwn = (windows: readonly Window[], own: Window | undefined, now: number): readonly Window[] =>
  own === undefined || own.until <= now || windows.some(({ from }) => from === own.from) ? windows : [...windows, own]
