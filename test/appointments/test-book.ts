/** Appointments of one's own on a real Redis, at an agency that never closes unless told otherwise. */
import type { Host } from '../../src/appointments/base.ts'
import { type AppointmentBook, createAppointmentBook } from '../../src/appointments/book.ts'
import type { Actor, Booking } from '../../src/appointments/booking.ts'
import { appointmentKeys } from '../../src/appointments/keys.ts'
import { type Calendar, createCalendar } from '../../src/calendar/calendar.ts'
import { always } from '../../src/calendar/week.ts'
import type { Appointment } from '../../src/protocol/index.ts'
import { parseEntry, shardKeys } from '../../src/store/events.ts'
import type { RedisClient } from '../../src/store/redis.ts'

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs
/** A whole day ahead, on the grid of slots. */
export const tomorrow = Math.ceil((Date.now() + 2 * dayMs) / dayMs) * dayMs

export const neverClosed = createCalendar({ timeZone: 'UTC', hours: always, isClosed: () => false })
export const advisor = (person: string, also: string[] = []): Actor => ({ person, role: 'advisor', also })
export const jobseeker = (person: string): Actor => ({ person, role: 'jobseeker' })

let made = 0

export interface TestBook extends AppointmentBook {
  readonly region: string
  readonly keys: ReturnType<typeof appointmentKeys>
  /** By their advisor, with a key of its own. */
  make(who: string, from: number, more?: Partial<Booking> & { host?: Host; actor?: Actor }): Promise<Appointment>
  /** What each was told, in order: `<person> <state> <sequence>`. */
  told(): Promise<string[]>
}

export function testBook(client: RedisClient, calendar: Calendar = neverClosed, named?: string): TestBook {
  made += 1
  const region = named ?? `region-${made}`
  const book = createAppointmentBook({ client, calendars: async () => ({ open: calendar, own: calendar }) })
  let bookings = 0
  return {
    ...book,
    region,
    keys: appointmentKeys(region),
    async make(who, from, { host = { advisor: 'anne' }, actor = advisor('anne'), ...more } = {}) {
      const key = `booking-${++bookings}`
      const booking = {
        key,
        jobseeker: who,
        jobseekerName: `Name of ${who}`,
        from,
        modality: 'webcam',
        ...more,
      } as const
      return (await book.bookings.book(region, host, booking, actor)).appointment
    },
    async told() {
      const entries = await client.xrange(shardKeys(region).log, '-', '+')
      return entries
        .map(([, [, entry]]) => parseEntry(entry ?? ''))
        .map(({ topic, text }) => {
          const { appointment } = (JSON.parse(text) as { data: { appointment: Appointment } }).data
          return `${topic.slice('person:'.length)} ${appointment.state} ${appointment.sequence}`
        })
    },
  }
}
