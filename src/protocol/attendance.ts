/**
 * The attendance record of an appointment: a chain of facts that nobody can quietly change, and the verdict that follows from
 * it. docs/attendance.md says what each fact and each reason means.
 */
import type { TProperties } from 'typebox'
import { event, method } from './define.ts'
import {
  AppointmentId,
  IdempotencyKey,
  list,
  object,
  oneOf,
  optional,
  PersonId,
  RegionId,
  type Static,
  Text,
  Timestamp,
} from './schema.ts'
import { Type } from './type.ts'

/** Whoever is on the agency's side is `advisor` in the record, also a colleague who stands in. */
export const Party = oneOf('jobseeker', 'advisor')
export type Party = Static<typeof Party>

export const Verdict = oneOf('attended', 'excused', 'absent', 'technical-service', 'technical-user', 'undetermined')
export type Verdict = Static<typeof Verdict>

/** Why a verdict is what it is. */
export const Reason = oneOf(
  'talked',
  'cancelled',
  'excused',
  'incident',
  'service-failed',
  'device-failed',
  'network-failed',
  'arrived',
  'tried',
  'advisor-missing',
  'health-unknown',
  'invitation-unproven',
  'nothing-from-jobseeker',
)
export type Reason = Static<typeof Reason>

/** Why somebody is out of the room. */
export const DropCause = oneOf('left', 'connection-lost', 'worker-died', 'node-stopping', 'access-ended', 'replaced')
export type DropCause = Static<typeof DropCause>

/** Why somebody could not get in, as their own device saw it. */
export const AttemptCause = oneOf(
  'unreachable',
  'refused',
  'media-failed',
  'camera-denied',
  'no-camera',
  'unsupported',
  'offline',
)
export type AttemptCause = Static<typeof AttemptCause>

/** SHA-256 in hexadecimal. */
export const Digest = Type.String({ pattern: '^[a-f0-9]{64}$', maxLength: 64, description: 'SHA-256, hexadecimal' })
const Count = Type.Integer({ minimum: 0 })
const EntryNumber = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })

export const AttendanceWindow = object({ from: Timestamp, until: Timestamp })
export type AttendanceWindow = Static<typeof AttendanceWindow>

/** The newest entry of a record: its hash covers everything up to it. */
export const Head = object({ n: Count, hash: Digest })
export type Head = Static<typeof Head>

export const Incident = object({
  ...AttendanceWindow.properties,
  failed: list(oneOf('http', 'websocket', 'redis', 'worker'), 4),
})
export type Incident = Static<typeof Incident>

const fact = <const T extends string, P extends TProperties>(type: T, properties: P) =>
  object({ type: Type.Literal(type), ...properties })
const By = oneOf('jobseeker', 'advisor', 'agency')
const visit = { party: Party, visit: Text(64) }

/** Everything that can stand in a record. Nothing that somebody wrote, and nobody's id: those are committed to. */
export const facts = {
  opened: fact('opened', { window: AttendanceWindow }),
  moved: fact('moved', { window: AttendanceWindow }),
  cancelled: fact('cancelled', { by: By }),
  excused: fact('excused', { by: By }),
  /** It is another advisor's from then on. */
  carried: fact('carried', {}),
  invitation: fact('invitation', {
    to: Party,
    about: oneOf('booked', 'moved', 'cancelled', 'reminder'),
    step: oneOf('sent', 'delivered', 'read', 'failed'),
    /** The beginning of the appointment as it told it; absent where whoever sent it has not said. */
    begins: optional(Timestamp),
  }),
  check: fact('check', { party: Party, result: oneOf('passed', 'failed'), problems: list(Text(32), 16) }),
  /** Without a place: in the room. */
  arrived: fact('arrived', { ...visit, place: optional(oneOf('lobby')) }),
  admitted: fact('admitted', visit),
  rejoined: fact('rejoined', visit),
  media: fact('media', {
    ...visit,
    since: Timestamp,
    until: Timestamp,
    kinds: list(oneOf('audio', 'video'), 2),
    /** RTP packets that came from them, and that went to them. */
    packetsFrom: Count,
    packetsTo: Count,
  }),
  quality: fact('quality', {
    ...visit,
    /** mediasoup's, 0–10, the worse of what they send and what they receive. */
    score: Type.Integer({ minimum: 0, maximum: 10 }),
    lostPermille: Type.Integer({ minimum: 0, maximum: 1_000 }),
    roundTripMs: Count,
  }),
  dropped: fact('dropped', { ...visit, cause: DropCause }),
  ended: fact('ended', { by: oneOf('jobseeker', 'advisor', 'service') }),
  attempt: fact('attempt', { party: Party, cause: AttemptCause }),
  /** Some time after the beginning they were not there yet; both were told what happens next. It proves nothing. */
  awaited: fact('awaited', { party: Party }),
  health: fact('health', {
    ...AttendanceWindow.properties,
    /** Whether a probe has looked the whole time. */
    covered: Type.Boolean(),
    incidents: list(Incident, 100),
    /** Up to where each log of a probe was read. */
    probes: list(object({ probe: Text(64), n: Count, hash: Digest }), 16),
  }),
  verdictProposed: fact('verdictProposed', {
    verdict: Verdict,
    because: list(Reason, 16),
    /** Version of the rule (docs/attendance.md). */
    rule: EntryNumber,
    /** The newest entry that it was made of. */
    evidence: EntryNumber,
  }),
  verdictConfirmed: fact('verdictConfirmed', { verdict: Verdict, by: oneOf('advisor', 'supervisor') }),
  contested: fact('contested', { verdict: Verdict }),
} as const

export type FactType = keyof typeof facts
export type Fact = { [T in FactType]: Static<(typeof facts)[T]> }[FactType]
export const Fact = Type.Unsafe<Fact>(Type.Union(Object.values(facts)))

export const AttendanceEntry = object({
  appointment: AppointmentId,
  n: EntryNumber,
  /** When it happened, as whoever saw it says. */
  at: Timestamp,
  recordedAt: Timestamp,
  /** Hash of the entry before; of the first one 64 zeros. */
  prev: Digest,
  fact: Fact,
  /** Commitments to what is personal, by name. */
  personal: optional(Type.Record(Type.String({ pattern: '^[a-z]{1,32}$', maxLength: 32 }), Digest)),
})
export type AttendanceEntry = Static<typeof AttendanceEntry>

/** What a commitment stands for. After an erasure it is not there any more; the chain stays whole. */
export const AttendanceContent = object({ n: EntryNumber, name: Text(32), salt: Digest, value: Text(2_000, 0) })
export type AttendanceContent = Static<typeof AttendanceContent>

export const AttendanceState = oneOf('open', 'proposed', 'confirmed', 'contested')
export type AttendanceState = Static<typeof AttendanceState>

export const AttendanceRecord = object({
  appointment: AppointmentId,
  region: RegionId,
  jobseeker: optional(PersonId),
  advisor: optional(PersonId),
  window: AttendanceWindow,
  head: Head,
  /** `open`: no verdict yet. Only a `confirmed` one is official. */
  state: AttendanceState,
  /** The one that stands: proposed, confirmed or contested. */
  verdict: optional(Verdict),
  because: optional(list(Reason, 16)),
  /** The rule excludes it, so nobody can confirm it. Not told in lists. */
  cannotBeAbsent: optional(Type.Boolean()),
})
export type AttendanceRecord = Static<typeof AttendanceRecord>

const one = { appointment: AppointmentId }
const Limit = optional(Type.Integer({ minimum: 1, maximum: 100 }))
const people = ['jobseeker', 'advisor', 'supervisor'] as const
const subject = { kind: 'appointment', path: 'params.appointment' } as const
const record = object({ record: AttendanceRecord })

export const attendanceMethods = {
  'attendance.list': method({
    summary:
      'The attendance records of one’s own appointments, the latest first; each with its newest head. With `before` only those that begin then or earlier, which leaves out what lies ahead; with `jobseeker` an advisor’s with that person.',
    roles: ['jobseeker', 'advisor'],
    params: object({ limit: Limit, before: optional(Timestamp), jobseeker: optional(PersonId) }),
    result: object({ records: list(AttendanceRecord, 100) }),
    cost: 2,
  }),
  'attendance.toConfirm': method({
    summary:
      'The records of an advisor that wait for a person, however old they are: proposed or contested. The latest first, with how many there are in all.',
    roles: ['advisor'],
    params: object({ limit: Limit }),
    result: object({ records: list(AttendanceRecord, 100), total: Count }),
    cost: 2,
  }),
  'attendance.record': method({
    summary:
      'The record of an appointment: what stands, and up to 200 entries after one. For its two parties, who see the same, and the supervisor of their team.',
    roles: people,
    params: object({ ...one, after: optional(Count) }),
    result: object({
      record: AttendanceRecord,
      entries: list(AttendanceEntry, 200),
      contents: list(AttendanceContent, 1_000),
      /** Whether later entries exist. */
      more: Type.Boolean(),
    }),
    errors: ['NOT_FOUND'],
    cost: 5,
    audit: { record: 'acts', subject, details: ['params.after'] },
  }),
  'attendance.confirm': method({
    summary:
      'A person makes a verdict official, which may be another one than proposed. `seen` is the newest entry they have read: CONFLICT if there is newer evidence, or if they want "absent" while the rule excludes it.',
    roles: ['advisor', 'supervisor'],
    params: object({
      ...one,
      key: IdempotencyKey,
      verdict: Verdict,
      seen: EntryNumber,
      note: optional(Text(1_000)),
    }),
    result: record,
    errors: ['NOT_FOUND', 'CONFLICT'],
    audit: { record: 'acts', subject, details: ['params.verdict', 'params.seen'], awaited: true },
  }),
  'attendance.contest': method({
    summary:
      'The jobseeker does not agree with the verdict, proposed or confirmed; a reason may be given, and need not. It is not official from then on, until a person confirms one again. CONFLICT while there is none.',
    roles: ['jobseeker'],
    params: object({ ...one, key: IdempotencyKey, reason: optional(Text(1_000)) }),
    result: record,
    errors: ['NOT_FOUND', 'CONFLICT'],
    audit: { record: 'acts', subject, awaited: true },
  }),
  'attendance.attempt': method({
    summary:
      'Hands in that this person tried to get into their appointment in vain, which may be later, when the service can be reached again. It counts as trying. CONFLICT when a record has too many.',
    roles: ['jobseeker', 'advisor'],
    params: object({ ...one, key: IdempotencyKey, at: Timestamp, cause: AttemptCause }),
    result: object({ head: Head }),
    errors: ['NOT_FOUND', 'CONFLICT'],
    audit: { record: 'acts', subject, details: ['params.at', 'params.cause'] },
  }),
}

export const attendanceEvents = {
  'attendance.head': event({
    summary:
      'The newest head of an attendance record, told to both parties at once. Keep it: whatever is changed in the record up to it can be found out with it.',
    delivery: 'durable',
    data: object({ ...one, ...Head.properties, at: Timestamp }),
  }),
}
