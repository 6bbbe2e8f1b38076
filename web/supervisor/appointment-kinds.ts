/** *Pure.* Under what a supervisor looks for an appointment. */
import type { TeamAppointment } from '../../client/supervision.ts'

export const kinds = ['ahead', 'missed', 'contested', 'over'] as const
export type Kind = (typeof kinds)[number]

/** What is contested is looked at first; what failed for technical reasons was missed as well, by nobody's fault. */
export function kindOf({ appointment, state, verdict }: TeamAppointment, now: number): Kind {
  if (state === 'contested') return 'contested'
  if (appointment.until > now) return 'ahead'
  const missed = ['absent', 'technical-service', 'technical-user', 'undetermined']
  return verdict !== undefined && missed.includes(verdict) ? 'missed' : 'over'
}
