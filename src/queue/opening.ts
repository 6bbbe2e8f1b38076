/** Pure: whether callbacks are answered at a moment (ms), and when that changes. */
import type { Calendar } from '../calendar/calendar.ts'

export interface Opening {
  readonly open: boolean
  readonly opensAt?: number
  readonly closesAt?: number
}

/** Whoever closes later than this is as good as always open. */
const farMs = 7 * 24 * 60 * 60 * 1_000

export function openingAt(calendar: Calendar, now: number): Opening {
  if (!calendar.isOpen(now)) {
    const opensAt = calendar.nextOpening(now)
    return { open: false, ...(opensAt === undefined ? {} : { opensAt }) }
  }
  const closesAt = calendar.nextClosing(now)
  return { open: true, ...(closesAt - now > farMs ? {} : { closesAt }) }
}
