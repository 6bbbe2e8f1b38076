/** Who stands in for whom, now and later. */
import { useRef, useState } from 'preact/hooks'
import type { Cover } from '../../client/supervision.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { moment } from '../language/times.ts'
import { Sentence } from '../language/words.tsx'
import { announce } from '../page/announcer.tsx'
import { Confirm } from '../page/dialog.tsx'
import { HandOverIcon } from '../page/icons.tsx'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'
import { nameIn, type Supervised } from './supervised.ts'
import type { Loaded } from './use-loaded.ts'
import { s } from './words.ts'

export interface CoversProps extends Supervised {
  readonly covers: Loaded<readonly Cover[]>
  readonly onNew: () => void
  readonly onEnded: () => void
}

export const Covers = ({ visavis, supervision, advisors, covers, onNew, onEnded }: CoversProps) => {
  const [ending, setEnding] = useState<Cover>()
  const { busy, problem, run, forget } = useAct()
  const name = useRef<HTMLButtonElement>(null)
  const now = visavis.now()
  const open = covers.value
    ?.filter(({ until, endedAt }) => endedAt === undefined && until > now)
    .toSorted((a, b) => a.from - b.from)
  const namesOf = (one: Cover) => ({ advisor: nameIn(advisors, one.advisor), cover: nameIn(advisors, one.cover) })
  const close = () => {
    forget()
    setEnding(undefined)
  }
  const end = async ({ id }: Cover) => {
    if (!(await run(() => supervision.endCover(id)))) return
    announce(s('coverEnded'))
    close()
    covers.again()
    onEnded()
    // The button of the cover goes with it.
    requestAnimationFrame(() => name.current?.focus())
  }
  return (
    <section class="ds-card panel side answers__covers" data-color="neutral" aria-labelledby="covers-heading">
      <div class="side__head">
        <HandOverIcon />
        <h2 class="ds-heading" data-size="2xs" id="covers-heading">
          {s('covers')}
        </h2>
      </div>
      {covers.error === undefined ? null : (
        <Notice color="danger">
          <p>{t(sentenceOf(covers.error))}</p>
          <p class="notice__actions">
            <button type="button" class="text-button" onClick={covers.again}>
              {s('again')}
            </button>
          </p>
        </Notice>
      )}
      {open === undefined && covers.error === undefined ? <p class="quiet">{s('loading')}</p> : null}
      {open?.length === 0 ? <p class="quiet">{s('coversNone')}</p> : null}
      <ul class="queue__list">
        {open?.map((one) => (
          <li key={one.id} class="ticket">
            <p class="strong">
              <Sentence text={s('coverPair')} values={namesOf(one)} />{' '}
              {one.from <= now ? <span class="tag">{s('coverNow')}</span> : null}
            </p>
            <p class="quiet">{s('coverTimes', { from: moment(one.from, now), until: moment(one.until, now) })}</p>
            <button
              type="button"
              class="ds-button"
              data-variant="secondary"
              data-color="neutral"
              data-size="sm"
              aria-label={s('coverEndOf', namesOf(one))}
              onClick={() => setEnding(one)}
            >
              {s('coverEnd')}
            </button>
          </li>
        ))}
      </ul>
      <button ref={name} type="button" class="ds-button" data-color="accent" onClick={onNew}>
        {s('coverNew')}
      </button>
      {ending === undefined ? null : (
        <Confirm
          title={s('coverEndSure')}
          text={s('coverEndText', namesOf(ending))}
          action={s('coverEnd')}
          busy={busy}
          problem={problem}
          onConfirm={() => void end(ending)}
          onClose={close}
        />
      )}
    </section>
  )
}
