/**
 * Pure: how long a decline holds.
 *
 * Whoever has declined a request is not offered it again while somebody else could take it. One that everybody has declined
 * must not wait for ever: after a while (`declineMs`) those who declined it are asked again, at its old place. And once a
 * request has waited for as long as the region says at most (`maxWaitMs`), nobody's decline keeps it from them, whoever
 * else there may be: they may be at work and still never take it. lua/reopen.lua looks whether it is so.
 */
import type { Calendar } from '../calendar/calendar.ts'
import type { RegionSettings } from '../protocol/callback-settings.ts'

/** When declines fall away (ms): from `until` on if everybody has declined, from `latest` on in any case. */
export interface DeclineTimes {
  readonly until: number
  readonly latest: number
}

/** However long it has waited, nobody is asked again at once. */
const leastMs = 60_000

/** @param readyAt since when it waits. @param now the newest decline. Times count while it is open, as all waits do. */
export function declineTimes(
  { calendar, settings }: { calendar: Calendar; settings: Pick<RegionSettings, 'declineMs' | 'maxWaitMs'> },
  readyAt: number,
  now: number,
): DeclineTimes {
  const after = (at: number, ms: number) => calendar.afterOpenMs(at, ms) ?? at + ms
  const latest = Math.max(after(readyAt, settings.maxWaitMs), now + leastMs)
  return { until: Math.min(after(now, settings.declineMs), latest), latest }
}
