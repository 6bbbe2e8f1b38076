/** Opening hours by weekday, as they are written in config/regions.json. Pure. */

/** Index 0 is Monday, as in ISO 8601. */
export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Weekday = (typeof weekdays)[number]

/** Minutes from the midnight at which the day begins. `until` is after `from`, at most a day, and may lie in the next one. */
export interface Opening {
  readonly from: number
  readonly until: number
}

/** The openings of each day, in order and without overlap. */
export type Week = Readonly<Record<Weekday, readonly Opening[]>>

/** `{"monday": ["08:30-12:30", "13:30-16:30"], …}`. A day that is not named is closed. */
export type WrittenWeek = Readonly<Partial<Record<Weekday, readonly string[]>>>

export const minutesOfDay = 24 * 60
const clock = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)$/

/** Open at every moment. */
export const always: Week = weekOf(() => [{ from: 0, until: minutesOfDay }])

export function weekOf(openings: (day: Weekday) => readonly Opening[]): Week {
  return Object.fromEntries(weekdays.map((day) => [day, openings(day)])) as unknown as Week
}

/**
 * `22:00-06:00` ends on the next day; `00:00-24:00` is the whole day.
 * @returns the week, or every mistake, each with the day it is in.
 */
export function readWeek(written: unknown): Week | { readonly mistakes: readonly string[] } {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    return { mistakes: ['expected an object of weekdays'] }
  }
  const mistakes = Object.keys(written)
    .filter((day) => !(weekdays as readonly string[]).includes(day))
    .map((day) => `${day}: there is no such weekday, expected monday … sunday`)
  const week = weekOf((day) => {
    const texts = (written as WrittenWeek)[day] ?? []
    if (!Array.isArray(texts)) {
      mistakes.push(`${day}: expected a list of openings`)
      return []
    }
    const openings = texts.flatMap((text) => {
      const opening = readOpening(text)
      if (opening === undefined) mistakes.push(`${day}: "${String(text)}", expected "08:30-12:30"`)
      return opening ?? []
    })
    return openings.toSorted((a, b) => a.from - b.from)
  })
  mistakes.push(...overlaps(week))
  return mistakes.length === 0 ? week : { mistakes }
}

function readOpening(text: unknown): Opening | undefined {
  const found = typeof text === 'string' ? clock.exec(text) : null
  if (found === null) return undefined
  const [, fromHour, fromMinute, untilHour, untilMinute] = found.map(Number)
  const from = (fromHour ?? 0) * 60 + (fromMinute ?? 0)
  const until = (untilHour ?? 0) * 60 + (untilMinute ?? 0)
  if (until > minutesOfDay) return undefined
  return { from, until: until > from ? until : until + minutesOfDay }
}

/** Openings that meet, also across midnight: nobody could say which of the two holds. */
function overlaps(week: Week): string[] {
  return weekdays.flatMap((day, n) => {
    const before = week[weekdays[(n + 6) % 7] ?? day].map(({ until }) => until - minutesOfDay)
    return week[day].flatMap((opening, index) => {
      const ended = Math.max(week[day][index - 1]?.until ?? 0, ...before)
      return opening.from < ended ? [`${day}: two openings overlap at ${clockOf(opening.from)}`] : []
    })
  })
}

const clockOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

/** The inverse of `readWeek`. */
export const writeWeek = (week: Week): WrittenWeek =>
  Object.fromEntries(
    weekdays
      .filter((day) => week[day].length > 0)
      .map((day) => [
        day,
        week[day].map(({ from, until }) => {
          const end = until > minutesOfDay ? until - minutesOfDay : until
          return `${clockOf(from)}-${clockOf(end)}`
        }),
      ]),
  )
