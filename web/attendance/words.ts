/** The texts of attendance records. */
import { type AttendanceKey, enAttendance } from '../language/en-attendance.ts'
import { frAttendance } from '../language/fr-attendance.ts'
import { language, texts } from '../language/language.ts'

export const a = texts<AttendanceKey>({ en: enAttendance, fr: frAttendance })

export type { AttendanceKey }

/** "2 min 5 s"; seconds alone below a minute. */
export function length(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  const part = (value: number, unit: 'minute' | 'second') =>
    new Intl.NumberFormat(language.value, { style: 'unit', unit, unitDisplay: 'short' }).format(value)
  if (seconds < 60) return part(seconds, 'second')
  const rest = seconds % 60
  return rest === 0
    ? part(seconds / 60, 'minute')
    : `${part(Math.floor(seconds / 60), 'minute')} ${part(rest, 'second')}`
}
