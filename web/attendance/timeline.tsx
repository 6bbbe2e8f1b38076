/** What happened, line by line. */
import { lateMs, type WholeRecord } from '../../client/index.ts'
import { clock, dayAndClock, isSameDay } from '../language/times.ts'
import { type Names, sentenceOf } from './sentences.ts'
import { stepsOf } from './steps.ts'
import { a } from './words.ts'

/** Who somebody is stands in every line already. */
const written: readonly string[] = ['note', 'reason']

export const Timeline = ({ whole, names, now }: { whole: WholeRecord; names: Names; now: number }) => {
  const { record, entries, contents } = whole
  const onDay = (at: number) => (isSameDay(at, record.window.from) ? clock(at) : dayAndClock(at))
  return (
    <section aria-labelledby="record-timeline">
      <h3 class="ds-heading" data-size="2xs" id="record-timeline">
        {a('timeline')}
      </h3>
      <ol class="record__steps">
        {stepsOf(entries).map((step) => (
          <li key={step.n} class="record__step" data-is={step.fact.type}>
            <time dateTime={new Date(step.at).toISOString()}>{onDay(step.at)}</time>
            <span>
              {sentenceOf(step, names, now)}
              {step.recordedAt - step.at > lateMs ? (
                <span class="quiet"> ({a('saidLater', { time: onDay(step.recordedAt) })})</span>
              ) : null}
              {contents
                .filter(({ n, name }) => n === step.n && written.includes(name))
                .map(({ name, value }) => (
                  <span key={name} class="record__said">
                    {a(name === 'note' ? 'personalNote' : 'personalReason')} <q dir="auto">{value}</q>
                  </span>
                ))}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
