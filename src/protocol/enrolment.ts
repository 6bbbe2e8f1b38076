/** Who follows whom, as far as the pages need it. Changes are made by the agency's systems over REST. */

import { Type } from 'typebox'
import { event, method } from './define.ts'
import { Empty, IdempotencyKey, list, object, optional, PersonId, RegionId, Text, Timestamp } from './schema.ts'

export const PersonName = object({ id: PersonId, name: Text(120) })

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
      'The advisor who follows this jobseeker, absent while none is named, and who stands in for them at the moment.',
    roles: ['jobseeker'],
    params: Empty,
    result: object({ advisor: optional(PersonName), region: RegionId, covers: list(PersonName, 100) }),
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
