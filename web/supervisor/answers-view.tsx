/** Jobseekers whose answer is due, is late, or cannot come from anybody; and who stands in for whom. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { AnswerDue } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { Notice } from '../page/notice.tsx'
import { useChanges, useClock } from '../page/use-changes.ts'
import { AnswerItem } from './answer-item.tsx'
import { CoverDialog } from './cover-dialog.tsx'
import { Covers } from './covers.tsx'
import { HandOverDialog } from './hand-over-dialog.tsx'
import type { Supervised } from './supervised.ts'
import { useLoaded } from './use-loaded.ts'
import { s } from './words.ts'

type Asking = { readonly what: 'handOver' | 'cover'; readonly due?: AnswerDue }

/** Who could answer may change without this supervisor being told again. */
const askEveryMs = 60_000
/** After an act here the server looks anew at who could answer. */
const settledMs = 2_000

export const AnswersView = (props: Supervised) => {
  const { visavis, supervision } = props
  const { answers } = visavis
  const [asking, ask] = useState<Asking>()
  const heading = useRef<HTMLHeadingElement>(null)
  const covers = useLoaded(() => supervision.covers(), supervision)
  useChanges((change) => answers.onChange(change), answers)
  useClock(30_000)
  useEffect(() => {
    const timer = setInterval(() => answers.refresh(), askEveryMs)
    return () => clearInterval(timer)
  }, [answers])
  const [acts, setActs] = useState(0)
  useEffect(() => {
    if (acts === 0) return
    const timer = setTimeout(() => answers.refresh(), settledMs)
    return () => clearTimeout(timer)
  }, [answers, acts])
  const { due, more, loaded, error } = answers
  const done = () => {
    ask(undefined)
    covers.again()
    setActs(acts + 1)
  }
  const handedOver = () => {
    done()
    // Whoever has an answerer again is soon gone from the list.
    requestAnimationFrame(() => heading.current?.focus())
  }
  const dialog = { ...props, onClose: () => ask(undefined) }
  return (
    <div class="answers">
      <section class="answers__due" aria-labelledby="answers-heading">
        <h1 ref={heading} class="ds-heading" data-size="sm" id="answers-heading" tabIndex={-1}>
          {s('headingAnswers')}
        </h1>
        {error === undefined ? null : (
          <Notice color="danger">
            <p>{t(sentenceOf(error))}</p>
            <p class="notice__actions">
              <button type="button" class="text-button" onClick={() => answers.refresh()}>
                {s('again')}
              </button>
            </p>
          </Notice>
        )}
        {!loaded && error === undefined ? <p class="quiet">{s('loading')}</p> : null}
        {loaded && due.length === 0 ? (
          <div class="ds-card panel empty" data-color="neutral">
            <p class="empty__title">{s('noneDue')}</p>
            <p class="quiet">{s('noneDueText')}</p>
          </div>
        ) : null}
        <ul class="answers__list">
          {due.map((one) => (
            <AnswerItem
              key={one.channel}
              due={one}
              covers={covers.value ?? []}
              now={visavis.now()}
              onHandOver={() => ask({ what: 'handOver', due: one })}
              onCover={() => ask({ what: 'cover', due: one })}
            />
          ))}
        </ul>
        {more ? <p class="quiet">{s('moreDue')}</p> : null}
      </section>
      <Covers {...props} covers={covers} onEnded={() => setActs(acts + 1)} onNew={() => ask({ what: 'cover' })} />
      {asking?.what === 'handOver' && asking.due !== undefined ? (
        <HandOverDialog {...dialog} onDone={handedOver} jobseeker={asking.due.jobseeker} />
      ) : null}
      {asking?.what === 'cover' ? <CoverDialog {...dialog} onDone={done} jobseeker={asking.due?.jobseeker} /> : null}
    </div>
  )
}
