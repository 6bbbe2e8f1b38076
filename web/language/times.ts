/** Times as people of the page's language write them. */
import { language, t } from './language.ts'

const dayOf = (at: number) => new Date(at).toDateString()

export const clock = (at: number): string =>
  new Intl.DateTimeFormat(language.value, { hour: '2-digit', minute: '2-digit' }).format(at)

export const dayAndClock = (at: number): string =>
  new Intl.DateTimeFormat(language.value, { dateStyle: 'medium', timeStyle: 'short' }).format(at)

export function day(at: number, now: number): string {
  if (dayOf(at) === dayOf(now)) return t('today')
  if (dayOf(at) === dayOf(now - 86_400_000)) return t('yesterday')
  return new Intl.DateTimeFormat(language.value, { weekday: 'long', day: 'numeric', month: 'long' }).format(at)
}

export const isSameDay = (a: number, b: number): boolean => dayOf(a) === dayOf(b)

/** Today the time, otherwise the date: for a list. */
export const brief = (at: number, now: number): string =>
  isSameDay(at, now)
    ? clock(at)
    : new Intl.DateTimeFormat(language.value, { day: 'numeric', month: 'short' }).format(at)

/** A wait in whole minutes or hours. */
export function wait(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return t('lessThanAMinute')
  const unit = minutes < 60 ? 'minute' : 'hour'
  const value = minutes < 60 ? minutes : Math.round(minutes / 60)
  return new Intl.NumberFormat(language.value, { style: 'unit', unit, unitDisplay: 'long' }).format(value)
}
