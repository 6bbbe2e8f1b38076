/** Appointments of a node, built of their parts: when one can be, what a changed record means for them, who is told of them. */
import type { Logger } from 'pino'
import { startAppointmentMail } from './appointment-mail.ts'
import { createAppointmentRecord } from './appointment-record.ts'
import { appointmentSteps } from './appointment-steps.ts'
import { createAppointmentBook } from './appointments/book.ts'
import { watchAppointments } from './appointments/watch.ts'
import type { Attendance } from './attendance/attendance.ts'
import { alwaysOpen } from './calendar/region.ts'
import type { Enrolment } from './enrolment/enrolment.ts'
import type { Notices } from './notices/notices.ts'
import type { openingOf } from './opening.ts'
import type { Metrics } from './ops/metrics.ts'
import type { Queue } from './queue/queue.ts'
import type { RedisClient } from './store/redis.ts'

export interface AppointmentPartsOptions {
  readonly client: RedisClient
  readonly calendars: ReturnType<typeof openingOf>
  readonly queue: Queue
  readonly enrolment: () => Enrolment
}

export interface TellingOptions {
  readonly notices: Notices
  readonly enrolment: Enrolment
  readonly regions: readonly string[]
  readonly attendance: Attendance
  readonly mails: () => boolean
  readonly metrics: Metrics
  readonly log: Logger
}

export function createAppointmentParts({ client, calendars, queue, enrolment }: AppointmentPartsOptions) {
  let wake = () => {}
  const book = createAppointmentBook({
    client,
    async calendars(region, { advisor, team }) {
      const open = (calendars.get(region) ?? alwaysOpen('UTC')).of(team)
      return { open, own: await queue.availability.calendar(region, advisor, open) }
    },
  })
  const { bringInLine, changed } = appointmentSteps({ book, enrolment, wake: () => wake() })
  return {
    book,
    bringInLine,
    changed,
    /** Something is to be told now. */
    wake: () => wake(),
    /** Tells of what happens to them, until disposed. */
    start({ attendance, metrics, ...telling }: TellingOptions): AsyncDisposable {
      const stack = new AsyncDisposableStack()
      const { regions, log } = telling
      const appointmentMail = stack.use(
        startAppointmentMail({
          ...{ ...telling, book, bringInLine },
          record: createAppointmentRecord({
            attendance,
            historyOf: (region, id, upTo) => book.appointments.entries(region, id, 0, upTo),
          }),
        }),
      )
      wake = appointmentMail.wake
      const appointmentWatch = stack.use(watchAppointments({ looks: book.looks, regions, log }))
      metrics.observe(
        'visavis_appointments_overdue',
        'Appointments of which something should have been told a minute ago, on all nodes, counted every 5 s',
        () => appointmentWatch.overdue,
      )
      return stack
    },
  }
}
