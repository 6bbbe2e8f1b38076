import { isColleague, may } from '../../auth/grants.ts'
import type { Enrolment, Person } from '../../enrolment/enrolment.ts'
import { noColleague, type Transfers } from '../../enrolment/transfers.ts'
import { maxColleagues } from '../../protocol/enrolment.ts'
import { VisavisError } from '../../protocol/index.ts'
import type { Handlers, MethodsOf } from '../handlers.ts'

export interface EnrolmentHandlersOptions {
  readonly enrolment: Enrolment
  readonly transfers: Transfers
}

export const enrolmentHandlers = ({
  enrolment,
  transfers,
}: EnrolmentHandlersOptions): Handlers<MethodsOf<'enrolment'>> => ({
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
      answered: counterparts.length > 0,
    }
  },
  async 'enrolment.colleagues'({ identity: { region, person } }) {
    const team = (await enrolment.person(region, person))?.team
    // One more, because oneself may be among them.
    const advisors = team === undefined ? [] : await enrolment.team(region, team, maxColleagues + 1)
    const others = advisors.filter(({ id }) => id !== person)
    return { colleagues: others.slice(0, maxColleagues).map(nameOf) }
  },
  async 'enrolment.transfer'({ identity }, { jobseeker, to, key, reason }) {
    const { region, person } = identity
    const transfer = { region, jobseeker, to, by: person, key, reason }
    const [self, subject, colleague] = await enrolment.persons(region, [person, jobseeker, to])
    const advisor = subject?.advisor === undefined ? undefined : await enrolment.person(region, subject.advisor)
    // Asked last, so that of two that came at once none is refused for what the other has done.
    const done = await transfers.repeated(transfer)
    if (done !== undefined) return done
    if (subject === undefined || !may(identity, 'transfer', subject, { now: Date.now(), self, advisor })) {
      throw new VisavisError('FORBIDDEN', `this ${identity.role} may not hand that jobseeker over`)
    }
    if (colleague === undefined || !isColleague(identity, colleague, self)) throw noColleague(to)
    return transfers.transfer(transfer, subject.advisor)
  },
  async 'enrolment.leave'({ identity }, { key }) {
    await enrolment.leave(identity.region, identity.person, key)
    return {}
  },
})

const nameOf = ({ id, name }: Person) => ({ id, name })

const byName = (a: Person, b: Person): number => a.name.localeCompare(b.name, 'fr') || (a.id < b.id ? -1 : 1)
