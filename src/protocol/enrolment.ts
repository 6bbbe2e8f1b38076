/**
 * Who follows whom, as far as the pages need it. Changes are made by the agency's systems over REST, but for two: a
 * jobseeker leaves, and is handed over to a colleague.
 */
import { event, method } from './define.ts'
import { Empty, IdempotencyKey, list, object, optional, PersonId, RegionId, Text, Timestamp } from './schema.ts'
import { Type } from './type.ts'

export const PersonName = object({ id: PersonId, name: Text(120) })

export const maxColleagues = 500

const transferred = {
  jobseeker: PersonId,
  /** Absent when nobody followed them. */
  from: optional(PersonId),
  to: PersonId,
  at: Timestamp,
}
export const Transferred = object(transferred)

export const enrolmentMethods = {
  'enrolment.portfolio': method({
    summary: 'The jobseekers this advisor follows, and those of colleagues for whom they stand in at the moment.',
    roles: ['advisor'],
    params: Empty,
    result: object({
      jobseekers: list(PersonName, 1_000),
      covered: list(object({ jobseeker: PersonName, advisor: PersonName, until: Timestamp }), 10_000),
    }),
    audit: { record: 'acts' },
  }),
  'enrolment.advisor': method({
    summary:
      'The advisor who follows this jobseeker, absent while none is named, and who stands in for them at the moment. `answered` is false while neither of them can answer: their supervisor is told, and messages are kept.',
    roles: ['jobseeker'],
    params: Empty,
    result: object({
      advisor: optional(PersonName),
      region: RegionId,
      covers: list(PersonName, 100),
      answered: Type.Boolean(),
    }),
  }),
  'enrolment.colleagues': method({
    summary:
      'The advisors of this person’s team, by name, without oneself: to whom a jobseeker can be handed over. None for whoever is in no team.',
    roles: ['advisor', 'supervisor'],
    params: Empty,
    result: object({ colleagues: list(PersonName, maxColleagues) }),
    audit: { record: 'acts' },
  }),
  'enrolment.transfer': method({
    summary:
      'Hands a jobseeker over to a colleague: an advisor one of their own portfolio (not one they cover) to somebody of their team, a supervisor one of their team to an advisor of it. FORBIDDEN for anybody else’s jobseeker; NOT_FOUND when `to` is no advisor of the team, or disabled; CONFLICT when somebody else follows the jobseeker by now, `to` does already, or the key was used for another transfer. The reason is told to both advisors, never to the jobseeker.',
    roles: ['advisor', 'supervisor'],
    params: object({ jobseeker: PersonId, to: PersonId, key: IdempotencyKey, reason: optional(Text(500)) }),
    result: Transferred,
    errors: ['NOT_FOUND', 'CONFLICT'],
    cost: 5,
    audit: {
      record: 'acts',
      subject: { kind: 'person', path: 'params.jobseeker' },
      details: ['result.from', 'params.to'],
      awaited: true,
    },
  }),
  'enrolment.leave': method({
    summary:
      'The jobseeker leaves the scheme: one act for all channels, never a penalty. Access ends at once, open requests are withdrawn, and every session of theirs is closed; that may come before the answer.',
    roles: ['jobseeker'],
    params: object({ key: IdempotencyKey }),
    result: Empty,
    errors: ['NOT_FOUND'],
    audit: { record: 'acts', awaited: true },
  }),
}

export const enrolmentEvents = {
  'enrolment.portfolioOverTarget': event({
    summary:
      'Told to a supervisor: this advisor has just come to follow more jobseekers than the target of the region. Once each time it comes to that.',
    delivery: 'durable',
    data: object({
      advisor: PersonId,
      size: Type.Integer({ minimum: 1 }),
      target: Type.Integer({ minimum: 1 }),
    }),
  }),
  'enrolment.changed': event({
    summary:
      'Who follows this jobseeker has changed: told to the jobseeker, to the former advisor and to the new one. What is known of the channel is to be loaded again.',
    delivery: 'durable',
    data: object({
      jobseeker: PersonId,
      /** Absent while none is named. */
      advisor: optional(PersonId),
      /** Whether they have left the scheme or were disabled. */
      left: Type.Boolean(),
    }),
  }),
  'enrolment.transferred': event({
    summary:
      'A jobseeker was handed over: told to the former advisor and to the new one, after `enrolment.changed`. `by` is a person, or `agency` for its systems.',
    delivery: 'durable',
    data: object({ ...transferred, by: PersonId, reason: optional(Text(500)) }),
  }),
  'enrolment.teamChanged': event({
    summary:
      'This advisor or supervisor works in another team, or in none: colleagues and canned replies are to be loaded again.',
    delivery: 'durable',
    data: object({ team: optional(Text(64)) }),
  }),
  'enrolment.coverChanged': event({
    summary: 'A colleague covers for an advisor from one moment until another, or no longer: told to both of them.',
    delivery: 'durable',
    data: object({
      advisor: PersonId,
      cover: PersonId,
      from: Timestamp,
      until: Timestamp,
      /** True when it was taken back. */
      ended: Type.Boolean(),
    }),
  }),
}
