/** Until when an answer is to come, as both sides see it. */
import { answerBy, type ChannelSummary } from '../../client/index.ts'
import type { Key } from '../language/language.ts'
import { moment } from '../language/times.ts'
import { Words } from '../language/words.tsx'
import { ClockIcon } from '../page/icons.tsx'
import { useClock } from '../page/use-changes.ts'

export interface AnswerClockProps {
  readonly summary: ChannelSummary
  readonly side: 'jobseeker' | 'advisor'
  readonly now: () => number
}

const words = {
  jobseeker: { due: 'answerDueJobseeker', late: 'answerLateJobseeker' },
  advisor: { due: 'answerDueAdvisor', late: 'answerLateAdvisor' },
} as const satisfies Record<string, Record<string, Key>>

export const AnswerClock = ({ summary, side, now }: AnswerClockProps) => {
  const by = answerBy(summary)
  useClock(30_000, by !== undefined)
  if (by === undefined) return null
  const state = by < now() ? 'late' : 'due'
  return (
    <p class="answer-clock" data-state={state}>
      <ClockIcon />
      <span>
        <Words
          of={words[side][state]}
          values={{ time: <time dateTime={new Date(by).toISOString()}>{moment(by, now())}</time> }}
        />
      </span>
    </p>
  )
}
