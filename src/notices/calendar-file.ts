/**
 * An appointment as a calendar file (RFC 5545, 5546). Pure, and the only file that knows ical-generator. Times are in UTC,
 * which every calendar shows by its own clock: no time zone has to be described, and none can be described wrongly.
 */
import ical, { ICalAttendeeRole, ICalAttendeeStatus, ICalCalendarMethod, ICalEventStatus } from 'ical-generator'
import type { Attachment, Envelope } from './kind.ts'

export interface CalendarEvent {
  /** The same for every version: calendars know it by this. */
  readonly id: string
  /** Of two versions calendars keep the one with the higher number. */
  readonly sequence: number
  readonly from: number
  readonly until: number
  /** When this version was made (ms). */
  readonly at: number
  readonly summary: string
  readonly description: string
  readonly location: string
  readonly cancelled: boolean
}

export function calendarFile(event: CalendarEvent, { from, to }: Envelope): Attachment {
  const { id, sequence, at, summary, description, location, cancelled } = event
  const method = cancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.REQUEST
  const file = ical({ method, prodId: { company: 'Visavis', product: 'Visavis' } })
  const entry = file.createEvent({
    // Not by the address of the service, which may move.
    id: `${id}@visavis`,
    sequence,
    stamp: new Date(at),
    start: new Date(event.from),
    end: new Date(event.until),
    ...{ summary: toText(summary), description: toText(description), location: toText(location) },
    status: cancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    organizer: { name: from.name === '' ? 'Visavis' : from.name, email: from.address },
  })
  // No answer is asked for: nobody reads the mailbox it would come to.
  entry.createAttendee({ email: to, role: ICalAttendeeRole.REQ, status: ICalAttendeeStatus.ACCEPTED, rsvp: false })
  return {
    name: cancelled ? 'cancelled.ics' : 'appointment.ics',
    mediaType: `text/calendar; method=${method}`,
    // Every line has an end, the last one too (RFC 5545 §3.1): the library leaves it out.
    content: `${file.toString()}\r\n`,
  }
}

/** Of what a text may have (RFC 5545 §3.3.11): no control characters, and line breaks of one kind, which are escaped then. */
const toText = (text: string): string => text.replace(/[\u2028\u2029]/g, '\n').replace(/[\p{Cc}--[\t\n\r]]/gv, '')
