import type { Alerts, OpenAlert } from '../../answers/alerts.ts'
import { may } from '../../auth/grants.ts'
import type { Enrolment, Person } from '../../enrolment/enrolment.ts'
import { maxDue } from '../../protocol/chat.ts'
import type { Caller, Handlers } from '../handlers.ts'

export interface AnswerHandlersOptions {
  readonly alerts: Alerts
  readonly enrolment: Enrolment
}

/** A supervisor of one team among many looks at no more than these of the region. */
const mostRead = 5_000

export const answerHandlers = ({ alerts, enrolment }: AnswerHandlersOptions): Handlers<'chat.due'> => ({
  async 'chat.due'({ identity }) {
    const found: OpenAlert[] = []
    for (let read = 0; read < mostRead && found.length <= maxDue; read += maxDue) {
      const page = await alerts.list(identity.region, read, maxDue)
      found.push(...(await ofSupervisor(identity, page, enrolment)))
      if (page.length < maxDue) break
    }
    return { due: found.slice(0, maxDue).map(({ alert }) => alert), more: found.length > maxDue }
  },
})

/** Whoever was told may see it, also while nobody says whose the jobseeker is. */
async function ofSupervisor(
  identity: Caller['identity'],
  page: readonly OpenAlert[],
  enrolment: Enrolment,
): Promise<OpenAlert[]> {
  const { region, person } = identity
  const [self, ...subjects] = await enrolment.persons(region, [person, ...page.map(({ alert }) => alert.channel)])
  const ids = [...new Set(subjects.flatMap((subject) => subject?.advisor ?? []))]
  const advisors = new Map<string, Person>()
  for (const advisor of await enrolment.persons(region, ids))
    if (advisor !== undefined) advisors.set(advisor.id, advisor)
  return page.filter(({ told }, n) => {
    const subject = subjects[n]
    if (subject === undefined) return false
    const advisor = advisors.get(subject.advisor ?? '')
    return told.includes(person) || may(identity, 'viewQueue', subject, { now: 0, self, advisor })
  })
}
