/** How long something takes, short enough for a table and exact enough to act upon: 42 min, 1 h 40 min, 3 d. */
import { language } from '../language/language.ts'
import { partsOf } from './figures.ts'
import { s } from './words.ts'

export function duration(ms: number): string {
  const parts = partsOf(ms)
  if (parts.length === 0) return s('underAMinute')
  return parts
    .map(([value, unit]) =>
      new Intl.NumberFormat(language.value, { style: 'unit', unit, unitDisplay: unit === 'day' ? 'long' : 'short' })
        .format(value)
        // A figure and its unit stay on one line.
        .replaceAll(' ', '\u00a0'),
    )
    .join(' ')
}
