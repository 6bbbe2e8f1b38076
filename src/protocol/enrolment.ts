/** Who follows whom, as far as the pages need it. Changes are made by the agency's systems over REST. */
import { method } from './define.ts'
import { list, object, optional, PersonId, RegionId, Text } from './schema.ts'

export const PersonName = object({ id: PersonId, name: Text(120) })

export const enrolmentMethods = {
  'enrolment.portfolio': method({
    summary: 'The jobseekers this advisor follows.',
    roles: ['advisor'],
    params: object({}),
    result: object({ jobseekers: list(PersonName, 1_000) }),
  }),
  'enrolment.advisor': method({
    summary: 'The advisor who follows this jobseeker; absent while none is named.',
    roles: ['jobseeker'],
    params: object({}),
    result: object({ advisor: optional(PersonName), region: RegionId }),
  }),
}
