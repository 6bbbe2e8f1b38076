/** One jobseeker who waits for an answer: until when it is due, who could give it, and what a supervisor may do. */
import type { AnswerDue } from '../../client/index.ts'
import type { Cover } from '../../client/supervision.ts'
import { language } from '../language/language.ts'
import { moment } from '../language/times.ts'
import { Sentence } from '../language/words.tsx'
import { Avatar } from '../page/avatar.tsx'
import { ClockIcon } from '../page/icons.tsx'
import { coverUntil } from './figures.ts'
import { TicketAction } from './ticket-action.tsx'
import { s } from './words.ts'

export interface AnswerItemProps {
  readonly due: AnswerDue
  /** All there are. */
  readonly covers: readonly Cover[]
  readonly now: number
  readonly onHandOver: () => void
  readonly onCover: () => void
}

const Time = ({ at, now }: { at: number; now: number }) => (
  <time dateTime={new Date(at).toISOString()}>{moment(at, now)}</time>
)

export const AnswerItem = ({ due, covers, now, onHandOver, onCover }: AnswerItemProps) => {
  const { jobseeker, answerers, waitingSince, dueAt } = due
  const late = dueAt <= now
  const names = answerers.map(({ id, name }) => {
    const until = coverUntil(id, answerers, covers, now)
    return until === undefined ? name : s('answererUntil', { name, time: moment(until, now) })
  })
  return (
    <li class="ds-card panel answer" data-color="neutral" data-late={late || answerers.length === 0}>
      <div class="answer__head">
        <Avatar name={jobseeker.name} tone="warm" />
        <h2 class="ds-heading" data-size="2xs">
          <bdi>{jobseeker.name}</bdi>
        </h2>
        {answerers.length === 0 ? (
          <span class="tag" data-tone="danger">
            {s('nobodyAnswers')}
          </span>
        ) : null}
      </div>
      <p class="answer-clock" data-state={late ? 'late' : 'due'}>
        <ClockIcon />
        <span>
          <Sentence text={s(late ? 'overdue' : 'dueBy')} values={{ time: <Time at={dueAt} now={now} /> }} />
        </span>
      </p>
      <p class="quiet">
        <Sentence text={s('wroteAt')} values={{ time: <Time at={waitingSince} now={now} /> }} />
      </p>
      {answerers.length === 0 ? null : (
        <p>
          <Sentence
            text={s('answerers')}
            values={{ names: new Intl.ListFormat(language.value, { type: 'disjunction' }).format(names) }}
          />
        </p>
      )}
      <div class="ticket__actions">
        <TicketAction words={s('handOver')} name={jobseeker.name} onClick={onHandOver} />
        <TicketAction words={s('nameCover')} name={jobseeker.name} onClick={onCover} />
      </div>
    </li>
  )
}
