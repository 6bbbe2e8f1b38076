/** The appointments of all regions, put together. */
import { Appointments } from './appointments.ts'
import { Base, type BaseOptions } from './base.ts'
import { Bookings } from './booking.ts'
import { Looks } from './looks.ts'

export type AppointmentBook = ReturnType<typeof createAppointmentBook>

export function createAppointmentBook(options: BaseOptions) {
  const base = new Base(options)
  return {
    appointments: new Appointments(base),
    bookings: new Bookings(base),
    looks: new Looks(base),
    settings: base.settings,
    calendars: base.calendars,
  }
}
