/** *Pure.* The hours of a week as a form has them. */
import type { Hours } from '../../client/index.ts'

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Weekday = (typeof weekdays)[number]

/** As time fields have it: `08:30`. Midnight at the end of a day is `00:00`. */
export interface Opening {
  readonly from: string
  readonly until: string
}
export type Week = Readonly<Record<Weekday, readonly Opening[]>>

const weekOf = (openings: (day: Weekday) => readonly Opening[]): Week =>
  Object.fromEntries(weekdays.map((day) => [day, openings(day)])) as unknown as Week

/** What somebody begins with who had no hours of their own. */
export const usualWeek: Week = weekOf((day) =>
  day === 'saturday' || day === 'sunday'
    ? []
    : [
        { from: '09:00', until: '12:00' },
        { from: '14:00', until: '16:00' },
      ],
)

export const readHours = (hours: Hours): Week =>
  weekOf((day) =>
    (hours[day] ?? []).map((text) => ({ from: text.slice(0, 5), until: text.slice(6).replace('24:00', '00:00') })),
  )

/** Undefined while a field is empty. */
export function writeHours(week: Week): Hours | undefined {
  if (weekdays.some((day) => week[day].some(({ from, until }) => from === '' || until === ''))) return undefined
  return Object.fromEntries(
    weekdays
      .filter((day) => week[day].length > 0)
      .map((day) => [day, week[day].map(({ from, until }) => `${from}-${until === '00:00' ? '24:00' : until}`)]),
  )
}

/** The hours that a further opening of a day begins with: after those there are. */
export function nextOpening(openings: readonly Opening[]): Opening {
  const last = openings.at(-1)
  if (last === undefined) return { from: '09:00', until: '12:00' }
  return last.until < '14:00' ? { from: '14:00', until: '16:00' } : { from: '', until: '' }
}
