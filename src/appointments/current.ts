/** Which webcam appointment is on in a room, and what its advisor has next. *Pure.* Times are ms. */
import type { Appointment } from '../protocol/index.ts'

export interface Current {
  readonly appointment: Appointment
  /** When the advisor's next one begins; with whom is nobody's business. */
  readonly nextAt?: number
}

/** A talk may last so much longer than planned. */
const overrunMs = 2 * 60 * 60_000
/** What comes later is no reason to end a talk. */
const soonMs = 12 * 60 * 60_000

/**
 * @param booked those of the advisor's calendar.
 * @param leadMs how long before it begins one leads people into the room.
 */
export function currentOf(
  booked: readonly Appointment[],
  jobseeker: string,
  leadMs: number,
  now: number,
): Current | undefined {
  const appointment = booked
    .filter((one) => one.jobseeker === jobseeker && one.modality === 'webcam' && one.state === 'booked')
    .filter(({ from, until }) => from - leadMs <= now && now < until + overrunMs)
    .reduce<Appointment | undefined>(
      (latest, one) => (latest === undefined || one.from > latest.from ? one : latest),
      undefined,
    )
  if (appointment === undefined) return undefined
  const later = booked
    .filter(({ id, from, state }) => id !== appointment.id && state === 'booked' && from >= appointment.from)
    .map(({ from }) => from)
  const nextAt = Math.min(...later)
  return nextAt - now > soonMs ? { appointment } : { appointment, nextAt }
}
