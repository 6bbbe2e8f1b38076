import type { Enrolment, Person } from '../../enrolment/enrolment.ts'
import type { Handlers, MethodsOf } from '../handlers.ts'

export const enrolmentHandlers = (enrolment: Enrolment): Handlers<MethodsOf<'enrolment'>> => ({
  async 'enrolment.portfolio'({ identity }) {
    const { conversations } = await enrolment.conversations(identity, Date.now())
    const sorted = conversations.toSorted((a, b) => byName(a.jobseeker, b.jobseeker))
    return {
      jobseekers: sorted.filter(({ coverUntil }) => coverUntil === undefined).map(({ jobseeker }) => nameOf(jobseeker)),
      covered: sorted.flatMap(({ jobseeker, advisor, coverUntil }) =>
        coverUntil === undefined || advisor === undefined
          ? []
          : [{ jobseeker: nameOf(jobseeker), advisor: nameOf(advisor), until: coverUntil }],
      ),
    }
  },
  async 'enrolment.advisor'({ identity }) {
    const { conversations, counterparts } = await enrolment.conversations(identity, Date.now())
    const advisor = conversations[0]?.advisor
    const standIns = await enrolment.persons(
      identity.region,
      counterparts.filter((id) => id !== advisor?.id),
    )
    return {
      region: identity.region,
      ...(advisor === undefined ? {} : { advisor: nameOf(advisor) }),
      covers: standIns.filter((person) => person !== undefined).map(nameOf),
    }
  },
  async 'enrolment.leave'({ identity }, { key }) {
    await enrolment.leave(identity.region, identity.person, key)
    return {}
  },
})

const nameOf = ({ id, name }: Person) => ({ id, name })

const byName = (a: Person, b: Person): number => a.name.localeCompare(b.name, 'fr') || (a.id < b.id ? -1 : 1)
