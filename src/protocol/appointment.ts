/** Appointments of a jobseeker with their advisor, by webcam or in the agency. */
import { Length } from './appointment-settings.ts'
import { Window } from './callback.ts'
import { event, method } from './define.ts'
import {
  AppointmentId,
  IdempotencyKey,
  list,
  object,
  oneOf,
  optional,
  PersonId,
  type Static,
  Text,
  Timestamp,
} from './schema.ts'
import { Type } from './type.ts'

export const Modality = oneOf('webcam', 'agency')
export type Modality = Static<typeof Modality>

export const Appointment = object({
  id: AppointmentId,
  jobseeker: PersonId,
  jobseekerName: Text(120),
  /** Whose appointment it is: the advisor who follows the jobseeker. */
  advisor: PersonId,
  from: Timestamp,
  until: Timestamp,
  modality: Modality,
  subject: optional(Text(200)),
  state: oneOf('booked', 'cancelled'),
  /** Grows with every change: the SEQUENCE of its calendar file. */
  sequence: Type.Integer({ minimum: 0 }),
  madeBy: PersonId,
  madeAt: Timestamp,
  changedAt: Timestamp,
  /** Who changed it last, and what they said. */
  changedBy: PersonId,
  reason: optional(Text(500)),
  /** Its new advisor is not free then: it needs another time. */
  clash: optional(Type.Boolean()),
  /** It was by webcam until the jobseeker asked for the agency; undone by `appointment.turn`. */
  turned: optional(Type.Boolean()),
})
export type Appointment = Static<typeof Appointment>

/** What happened to an appointment, and to the mails about it. */
export const AppointmentEntry = object({
  at: Timestamp,
  /** A person, or the service itself. */
  by: PersonId,
  is: oneOf(
    ...(['made', 'moved', 'cancelled', 'turned', 'carried'] as const),
    ...(['mailSent', 'mailFailed', 'mailDelivered', 'mailRead'] as const),
  ),
  sequence: Type.Integer({ minimum: 0 }),
  from: optional(Timestamp),
  until: optional(Timestamp),
  modality: optional(Modality),
  /** Whose it is now, and of `carried` whose it was. */
  advisor: optional(PersonId),
  former: optional(PersonId),
  reason: optional(Text(500)),
  /** Of mails: which one, to whom, what the mail server said, why it was not sent. */
  mail: optional(Text(64)),
  to: optional(PersonId),
  code: optional(Type.Integer()),
  why: optional(Text(32)),
})
export type AppointmentEntry = Static<typeof AppointmentEntry>

const everybody = ['jobseeker', 'advisor'] as const
const changed = object({ appointment: Appointment })
const Reason = Text(500)

const audited = {
  record: 'acts',
  subject: { kind: 'appointment', path: 'params.appointment' },
  details: ['result.appointment.jobseeker', 'result.appointment.sequence'],
} as const

/** Of one answer. */
export const mostSlots = 1_000

export const appointmentMethods = {
  'appointment.list': method({
    summary:
      'A jobseeker’s own appointments, the newest 100 first; for an advisor those of their calendar that are not over for more than a day, and of whom they stand in for. With `jobseeker`, those of one of them.',
    roles: ['jobseeker', 'advisor', 'supervisor'],
    params: object({ jobseeker: optional(PersonId) }),
    result: object({ appointments: list(Appointment, 1_000) }),
    errors: ['NOT_FOUND'],
    cost: 5,
    audit: { record: 'acts' },
  }),
  'appointment.current': method({
    summary:
      'The webcam appointment that is on in a room, from some time before it begins (VISAVIS_APPOINTMENT_LEAD_MS) until two hours after its end, and when its advisor’s next one begins: both may see how much time there is.',
    roles: everybody,
    params: object({ /** Of the jobseeker. */ room: PersonId }),
    result: object({
      appointment: optional(Appointment),
      nextAt: optional(Timestamp),
      /** How long before it begins one is led into the room. */
      leadMs: Type.Integer({ minimum: 0 }),
    }),
    errors: ['FORBIDDEN'],
    cost: 5,
  }),
  'appointment.slots': method({
    summary:
      'When an appointment can be: the free slots of the jobseeker’s advisor that begin within at most 32 days; for an advisor who names no jobseeker, their own. Empty where jobseekers do not choose themselves.',
    roles: everybody,
    params: object({
      /** For an advisor: with whom. */
      jobseeker: optional(PersonId),
      from: Timestamp,
      until: Timestamp,
      /** Default: the first length of the region. */
      lengthMs: optional(Length),
      /** The one that is to be moved: its own time is free for it. */
      instead: optional(AppointmentId),
    }),
    result: object({
      slots: list(Window, mostSlots),
      /** Only the first slots are told, up to here; absent: all of them. */
      more: optional(Timestamp),
      /** By whose clocks days begin (IANA). */
      timeZone: Text(64),
      lengthsMs: list(Length, 10),
      /** Whether a jobseeker may choose. */
      ownBooking: Type.Boolean(),
      place: optional(Text(300)),
    }),
    errors: ['NOT_FOUND', 'CONFLICT'],
    cost: 10,
  }),
  'appointment.book': method({
    summary:
      'Makes an appointment: a jobseeker in a free slot of their advisor, an advisor (or who stands in) at any time the agency is open and both are free. Both are told by mail, with a calendar file.',
    roles: everybody,
    params: object({
      key: IdempotencyKey,
      /** For an advisor: with whom. */
      jobseeker: optional(PersonId),
      from: Timestamp,
      lengthMs: optional(Length),
      modality: Modality,
      subject: optional(Text(200)),
    }),
    result: object({ appointment: Appointment, /** False when it is a repeat. */ created: Type.Boolean() }),
    errors: ['NOT_FOUND', 'CONFLICT', 'GONE'],
    cost: 5,
    audit: {
      record: 'acts',
      subject: { kind: 'appointment', path: 'result.appointment.id' },
      details: ['result.appointment.jobseeker', 'params.modality', 'result.created'],
    },
  }),
  'appointment.move': method({
    summary:
      'Another time, length or place for an appointment that lies ahead, with the reason. A jobseeker may choose among the free slots. Repeating with the same key returns the same result.',
    roles: everybody,
    params: object({
      appointment: AppointmentId,
      key: IdempotencyKey,
      from: Timestamp,
      /** Default: as long as it was. */
      lengthMs: optional(Length),
      /** Default: where it was. */
      modality: optional(Modality),
      reason: Reason,
    }),
    result: changed,
    errors: ['NOT_FOUND', 'CONFLICT'],
    cost: 5,
    audit: audited,
  }),
  'appointment.cancel': method({
    summary: 'Cancels an appointment that is not over, with the reason. Never counts against the jobseeker.',
    roles: everybody,
    params: object({ appointment: AppointmentId, key: IdempotencyKey, reason: Reason }),
    result: changed,
    errors: ['NOT_FOUND', 'CONFLICT'],
    cost: 3,
    audit: audited,
  }),
  'appointment.turn': method({
    summary:
      'In one act, every webcam appointment of the jobseeker that lies ahead becomes one in the agency, at the same time; with `webcam`, those that this has turned become webcam appointments again. Never counts against anybody.',
    roles: ['jobseeker'],
    params: object({ key: IdempotencyKey, to: Modality }),
    result: object({ appointments: list(Appointment, 100) }),
    cost: 5,
    audit: { record: 'acts', details: ['params.to'] },
  }),
  'appointment.history': method({
    summary: 'Everything that happened to an appointment and to the mails about it, oldest first.',
    roles: ['jobseeker', 'advisor', 'supervisor'],
    params: object({ appointment: AppointmentId }),
    result: object({ history: list(AppointmentEntry, 1_000) }),
    errors: ['NOT_FOUND'],
    cost: 5,
    audit: { record: 'acts', subject: { kind: 'appointment', path: 'params.appointment' } },
  }),
  'appointment.confirmRead': method({
    summary: 'The jobseeker has read when and where it is. Kept in its history, once for each of its versions.',
    roles: ['jobseeker'],
    params: object({ appointment: AppointmentId }),
    result: changed,
    errors: ['NOT_FOUND'],
    audit: audited,
  }),
}

export const appointmentEvents = {
  'appointment.changed': event({
    summary:
      'An appointment of this jobseeker, or of this advisor’s calendar, was made or has changed; or it was one of theirs.',
    delivery: 'durable',
    data: object({ appointment: Appointment }),
  }),
}
