/** Answers that jobseekers wait for, built of their parts: the clock, the alerts, and how many operators see. */
import type { Logger } from 'pino'
import type { Config } from '../config/load.ts'
import { type AnswerClock, startAnswerClock } from './answer-clock.ts'
import type { Alerts } from './answers/alerts.ts'
import { watchAlerts } from './answers/watch.ts'
import { Waits } from './chat/waits.ts'
import type { Enrolment } from './enrolment/enrolment.ts'
import type { Notices } from './notices/notices.ts'
import type { Metrics } from './ops/metrics.ts'
import type { RedisClient } from './store/redis.ts'

export interface AnswerPartsOptions {
  readonly client: RedisClient
  readonly alerts: Alerts
  readonly enrolment: Enrolment
  readonly notices: Notices
  readonly regions: readonly string[]
  readonly config: Config
  readonly metrics: Metrics
  readonly log: Logger
}

/** Runs until disposed. */
export function startAnswers(options: AnswerPartsOptions): AnswerClock {
  const { client, alerts, enrolment, notices, regions, config, metrics, log } = options
  const stack = new AsyncDisposableStack()
  const answerClock = stack.use(
    startAnswerClock({
      ...{ alerts, enrolment, notices, log },
      waits: new Waits({ client }),
      withinMs: config.answerWithinMs,
      leadMs: config.answerLeadMs,
    }),
  )
  const answers = stack.use(watchAlerts({ alerts, regions, log }))
  metrics.observe(
    'visavis_chat_answers_due',
    'Jobseekers whose answer is due soon, or whom nobody can answer, on all nodes, counted every 5 s',
    () => answers.counts.due,
  )
  metrics.observe(
    'visavis_chat_answers_overdue',
    'Jobseekers whose answer is overdue, on all nodes, counted every 5 s',
    () => answers.counts.overdue,
  )
  return { ...answerClock, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}
