/**
 * No jobseeker is left without an answer: when the time for it runs out, or nobody could give it, whoever could and their
 * supervisors are told, on their pages and by mail. Each is told once of each, whatever nodes come and go.
 */
import type { Logger } from 'pino'
import type { Alert, Alerts, OpenAlert } from './answers/alerts.ts'
import { type Limits, type Standing, standingOf } from './answers/clock.ts'
import { may } from './auth/grants.ts'
import type { Look, Waits } from './chat/waits.ts'
import type { Conversation, Enrolment, EnrolmentFact, Person } from './enrolment/enrolment.ts'
import type { Notices } from './notices/notices.ts'
import { type LeasedLooks, startLeasedLooks } from './store/leased-looks.ts'

export interface AnswerClockOptions extends Limits {
  readonly waits: Waits
  readonly alerts: Alerts
  readonly enrolment: Enrolment
  readonly notices: Notices
  readonly log: Logger
}

export interface AnswerClock extends LeasedLooks {
  /** Somebody is to look at the clock of this jobseeker now. Never throws. */
  hurry(jobseeker: string): void
  /** Who can answer may have changed. Never throws. */
  enrolmentChanged(fact: EnrolmentFact): void
}

type Stage = NonNullable<Standing['alert']>

const stages: readonly Stage[] = ['soon', 'nobody', 'overdue']
/** Whoever has left waits for nobody, but may come back. */
const absentMs = 24 * 60 * 60 * 1_000

export function startAnswerClock(options: AnswerClockOptions): AnswerClock {
  const { waits, alerts, enrolment, notices, log } = options

  const withdraw = async (region: string, { channel, waitingSince }: Alert, people: readonly string[]) => {
    for (const stage of stages)
      for (const person of people) await notices.withdraw(region, noticeKey(stage, { channel, waitingSince }, person))
  }
  const end = async (region: string, open: OpenAlert | undefined) => {
    if (open === undefined) return
    await withdraw(region, open.alert, open.told)
    await alerts.end(region, open.alert)
  }

  /** Told again, it changes nothing for whoever was told. */
  const tell = async (region: string, alert: Alert, stage: Stage, supervisors: readonly Person[]) => {
    const people = [...alert.answerers, ...supervisors].map(({ id }) => id)
    await alerts.put(region, alert, people)
    const { jobseeker, waitingSince: since, dueAt: answerBy } = alert
    const nobody = alert.answerers.length === 0 ? { nobody: true } : {}
    const late = stage === 'overdue' ? { overdue: true } : {}
    const data = { jobseeker: jobseeker.name, since, answerBy, ...nobody, ...late }
    for (const person of people) {
      const key = noticeKey(stage, alert, person)
      await notices.put({ region, person, key, kind: 'answerDue', data, at: Date.now() })
    }
    return people
  }

  const look = async (one: Look) => {
    const { channel, since } = one
    const now = Date.now()
    const region = await enrolment.regionOf(channel)
    // Erased meanwhile.
    if (region === undefined) return void (await waits.put(one, { alerted: false, at: undefined }))
    const open = one.alerted ? await alerts.get(region, channel) : undefined
    const view = await enrolment.conversations({ region, person: channel, role: 'jobseeker' }, now)
    const [conversation] = view.conversations
    const standing =
      since === undefined || conversation === undefined
        ? undefined
        : standingOf({ since, answerers: view.counterparts.length, changesAt: view.changesAt }, now, options)
    if (standing?.alert === undefined || conversation === undefined || since === undefined) {
      await end(region, open)
      await waits.put(one, {
        alerted: false,
        at: standing?.lookAt ?? (since === undefined ? undefined : now + absentMs),
      })
      return
    }
    if (open !== undefined && open.alert.waitingSince !== since) await end(region, open)
    // Before anybody is told: from now on an answer makes somebody look, so that they hear of it.
    if (!(await waits.put(one, { alerted: true, at: one.until }))) return
    const answerers = (await enrolment.persons(region, view.counterparts)).filter((person) => person !== undefined)
    const alert: Alert = {
      channel,
      jobseeker: nameOf(conversation.jobseeker),
      answerers: answerers.map(nameOf),
      waitingSince: since,
      dueAt: standing.dueAt,
      overdue: standing.alert === 'overdue',
    }
    const supervisors = responsible(conversation, await enrolment.supervisors(region))
    const people = await tell(region, alert, standing.alert, supervisors)
    if (await waits.put(one, { alerted: true, at: standing.lookAt })) return
    // It has moved while they were told: who looked then may have found nothing to end yet.
    if ((await waits.since(channel)) === since) return
    await withdraw(region, alert, people)
    await alerts.end(region, alert)
  }

  const loop = startLeasedLooks({ take: (most) => waits.take(most), look, log })
  const hurryAll = async (jobseekers: readonly string[]) => {
    await Promise.all(jobseekers.map((jobseeker) => waits.hurry(jobseeker)))
    if (jobseekers.length > 0) loop.wake()
  }
  const soon = (work: Promise<void>) => {
    void work.catch((err) => log.debug({ err }, 'a clock is looked at in its own time'))
  }
  const ofPortfolio = async (region: string, advisor: string) =>
    hurryAll((await enrolment.portfolio(region, advisor)).map(({ id }) => id))

  return {
    wake: loop.wake,
    hurry: (jobseeker) => soon(hurryAll([jobseeker])),
    enrolmentChanged(fact) {
      if (fact.type === 'coverChanged') soon(ofPortfolio(fact.cover.region, fact.cover.advisor))
      if (fact.type !== 'personChanged' || fact.before === undefined) return
      const { person, before } = fact
      if (person.role === 'advisor') {
        if (person.disabled !== before.disabled) soon(ofPortfolio(person.region, person.id))
        return
      }
      const same =
        person.advisor === before.advisor &&
        person.disabled === before.disabled &&
        person.leftAt === before.leftAt &&
        person.awaiting === before.awaiting
      if (person.role === 'jobseeker' && !same) soon(hurryAll([person.id]))
    },
    [Symbol.asyncDispose]: () => loop[Symbol.asyncDispose](),
  }
}

/** The supervisors whose jobseeker it is; all of the region where it is none's, so that somebody knows. */
function responsible({ jobseeker, advisor }: Conversation, supervisors: readonly Person[]): readonly Person[] {
  const theirs = supervisors.filter((self) => {
    const { id: person, role, name, region } = self
    return may({ person, role, name, region }, 'viewQueue', jobseeker, { now: 0, self, advisor })
  })
  return theirs.length > 0 ? theirs : supervisors
}

const noticeKey = (stage: Stage, { channel, waitingSince }: Pick<Alert, 'channel' | 'waitingSince'>, person: string) =>
  `answer/${stage}/${channel}/${waitingSince}/${person}`

const nameOf = ({ id, name }: Person) => ({ id, name })
