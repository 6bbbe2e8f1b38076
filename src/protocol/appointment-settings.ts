/** How a region makes appointments: what supervisors and the agency's systems may set. */
import { object, optional, type Static, Text } from './schema.ts'
import { Type } from './type.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const ms = (least: number, most: number) => Type.Integer({ minimum: least, maximum: most, description: 'ms' })

export const Length = ms(5 * minuteMs, 4 * hourMs)

export const AppointmentSettings = object({
  /** How long an appointment may be; the first is the default. */
  lengthsMs: Type.Array(Length, { minItems: 1, maxItems: 10, uniqueItems: true }),
  /** What an advisor has to themselves after each. */
  bufferMs: ms(0, 2 * hourMs),
  /** How far apart free slots begin. */
  stepMs: ms(5 * minuteMs, 4 * hourMs),
  /** How many days ahead there are any. */
  daysAhead: Type.Integer({ minimum: 1, maximum: 180, description: 'days' }),
  /** Whether jobseekers choose among the free slots themselves. */
  ownBooking: Type.Boolean(),
  /** How soon, at the earliest, is what a jobseeker chooses. */
  noticeMs: ms(0, 30 * dayMs),
  /** Appointments that lie ahead of one jobseeker when they choose another. */
  mostAhead: Type.Integer({ minimum: 1, maximum: 20 }),
  /** How long before it both are reminded, by mail. */
  remindersMs: Type.Array(ms(10 * minuteMs, 14 * dayMs), { maxItems: 5, uniqueItems: true }),
  /** Where in-agency appointments are, as mails and calendars tell it. */
  place: optional(Text(300)),
})
export type AppointmentSettings = Static<typeof AppointmentSettings>
