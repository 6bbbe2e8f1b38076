/** Times as people of the page's language write them. */
import { locale, t } from './language.ts'

const dayMs = 86_400_000
const dayOf = (at: number) => new Date(at).toDateString()

export const clock = (at: number): string =>
  new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit' }).format(at)

export const dayAndClock = (at: number): string =>
  new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(at)

export function day(at: number, now: number): string {
  if (dayOf(at) === dayOf(now)) return t('today')
  if (dayOf(at) === dayOf(now - dayMs)) return t('yesterday')
  const year = new Date(at).getFullYear() === new Date(now).getFullYear() ? {} : ({ year: 'numeric' } as const)
  return new Intl.DateTimeFormat(locale(), { weekday: 'long', day: 'numeric', month: 'long', ...year }).format(at)
}

/** For machines: the day by the clock of this device, as it is shown. */
export const isoDay = (at: number): string => new Intl.DateTimeFormat('sv-SE').format(at)

export const isSameDay = (a: number, b: number): boolean => dayOf(a) === dayOf(b)

/** Today the time, otherwise the date: for a list. */
export const brief = (at: number, now: number): string =>
  isSameDay(at, now) ? clock(at) : new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short' }).format(at)

/** A moment to come, or just gone, as one would say it: today, tomorrow, a day of the week, else a date. */
export function moment(at: number, now: number): string {
  const days = Math.round((midnight(at) - midnight(now)) / dayMs)
  if (Math.abs(days) <= 1) {
    const name = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(days, 'day')
    return t('dayAt', { day: name, time: clock(at) })
  }
  const year = new Date(at).getFullYear() === new Date(now).getFullYear() ? {} : ({ year: 'numeric' } as const)
  const date = { day: 'numeric', month: 'long', ...year } as const
  const options = days > 1 && days < 7 ? ({ weekday: 'long' } as const) : date
  return t('dayAt', { day: new Intl.DateTimeFormat(locale(), options).format(at), time: clock(at) })
}

const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0)

/** A day that lies ahead, for a list of them: today, tomorrow, else the weekday with its date. */
export function dayAhead(at: number, now: number): string {
  const days = Math.round((midnight(at) - midnight(now)) / dayMs)
  if (days === 0 || days === 1) return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(days, 'day')
  return new Intl.DateTimeFormat(locale(), { weekday: 'long', day: 'numeric', month: 'long' }).format(at)
}

export const clocks = ({ from, until }: { readonly from: number; readonly until: number }): string =>
  `${clock(from)} – ${clock(until)}`

/** A stretch of one day. */
export const span = (stretch: { readonly from: number; readonly until: number }, now: number): string =>
  t('windowSpan', { day: dayAhead(stretch.from, now), hours: clocks(stretch) })

/** The time alone while it is today. */
export const nearby = (at: number, now: number): string => (isSameDay(at, now) ? clock(at) : moment(at, now))

/** A wait in whole minutes, hours or days. */
export function wait(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return t('lessThanAMinute')
  const hours = Math.round(minutes / 60)
  const [value, unit] =
    minutes < 60 ? [minutes, 'minute'] : hours < 48 ? [hours, 'hour'] : [Math.round(hours / 24), 'day']
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long' }).format(value)
}

export const fileSize = (bytes: number): string => {
  const [value, unit] =
    bytes < 1_000 ? [bytes, 'byte'] : bytes < 1_000_000 ? [bytes / 1_000, 'kilobyte'] : [bytes / 1_000_000, 'megabyte']
  return new Intl.NumberFormat(locale(), {
    style: 'unit',
    unit,
    // The short form of English is "6 byte".
    unitDisplay: unit === 'byte' ? 'long' : 'short',
    maximumFractionDigits: unit === 'megabyte' ? 1 : 0,
  }).format(value)
}
