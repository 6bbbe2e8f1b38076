/** Weeks (ISO 8601) and quarters of 13 of them, by the clocks of a region. Pure. */

/** `2026-W48`. */
export type Week = string

export function weekOf(at: number, timeZone: string): Week {
  const date = Temporal.Instant.fromEpochMilliseconds(Math.trunc(at)).toZonedDateTimeISO(timeZone).toPlainDate()
  return nameOf(date)
}

/** Their Mondays, as dates. */
export function mondayOf(week: Week): string {
  const [year = '', number = ''] = week.split('-W')
  // January 4th is always in the first week.
  const inFirst = Temporal.PlainDate.from(`${year}-01-04`)
  return inFirst.add({ days: (Number(number) - 1) * 7 - (inFirst.dayOfWeek - 1) }).toString()
}

/** `2026-Q4`: weeks 40 to 52 or 53. */
export function quarterOf(week: Week): string {
  const [year = '', number = ''] = week.split('-W')
  return `${year}-Q${Math.min(4, Math.ceil(Number(number) / 13))}`
}

/** The last so many weeks that are over at a moment (ms), the oldest first. */
export function weeksBefore(at: number, timeZone: string, count: number): Week[] {
  const current = Temporal.PlainDate.from(mondayOf(weekOf(at, timeZone)))
  return Array.from({ length: count }, (_, n) => nameOf(current.subtract({ weeks: count - n })))
}

/** All weeks of the quarter that a week is in, in order. */
export function weeksOfQuarter(week: Week): Week[] {
  const [year = '', number = ''] = week.split('-W')
  const first = Math.floor((Math.min(Number(number), 52) - 1) / 13) * 13 + 1
  const monday = Temporal.PlainDate.from(mondayOf(`${year}-W${String(first).padStart(2, '0')}`))
  const quarter = quarterOf(week)
  return Array.from({ length: 14 }, (_, n) => nameOf(monday.add({ weeks: n }))).filter(
    (one) => quarterOf(one) === quarter,
  )
}

const nameOf = (date: Temporal.PlainDate): Week =>
  `${date.yearOfWeek ?? date.year}-W${String(date.weekOfYear ?? 1).padStart(2, '0')}`
