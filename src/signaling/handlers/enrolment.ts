import type { Enrolment } from '../../enrolment/enrolment.ts'
import type { Handlers, MethodsOf } from '../handlers.ts'

export const enrolmentHandlers = (enrolment: Enrolment): Handlers<MethodsOf<'enrolment'>> => ({
  async 'enrolment.portfolio'({ identity }) {
    const people = await enrolment.portfolio(identity.region, identity.person)
    return { jobseekers: people.map(({ id, name }) => ({ id, name })) }
  },
  async 'enrolment.advisor'({ identity }) {
    const { region, person } = identity
    const jobseeker = await enrolment.person(region, person)
    const advisor = jobseeker?.advisor === undefined ? undefined : await enrolment.person(region, jobseeker.advisor)
    return { region, ...(advisor === undefined ? {} : { advisor: { id: advisor.id, name: advisor.name } }) }
  },
})
