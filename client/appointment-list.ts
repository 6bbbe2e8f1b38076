/** *Pure.* The appointments a person sees. */
import type { Appointment } from '../src/protocol/index.ts'

export type AppointmentList = ReadonlyMap<string, Appointment>

/** The whole list as the server tells it. What was heard of meanwhile may be newer. */
export const listOf = (told: readonly Appointment[], known: AppointmentList): AppointmentList =>
  new Map(
    told.map((appointment) => {
      const before = known.get(appointment.id)
      return [appointment.id, before === undefined || isOlder(before, appointment) ? appointment : before]
    }),
  )

/** Events may arrive in any order with answers: the older state of two is dropped. */
export function withAppointment(
  list: AppointmentList,
  appointment: Appointment,
  { self, role }: { readonly self: string; readonly role: string },
): AppointmentList {
  const known = list.get(appointment.id)
  if (known !== undefined && isOlder(appointment, known)) return list
  const next = new Map(list)
  // It was in this advisor's calendar, and is so no more; whoever stands in is told of those of others as well.
  const isGone = role === 'advisor' && known?.advisor === self && appointment.advisor !== self
  if (isGone) next.delete(appointment.id)
  else next.set(appointment.id, appointment)
  return next
}

const isOlder = (a: Appointment, b: Appointment): boolean => a.changedAt < b.changedAt
