/** What came of a check, and what to do about it. */
import { useEffect, useRef } from 'preact/hooks'
import type { Judged } from '../../client/index.ts'
import { Notice } from '../page/notice.tsx'
import { c } from './words.ts'

const colors = { passed: 'success', limited: 'warning', failed: 'danger' } as const

export interface ResultProps {
  readonly judged: Judged
  /** What became of the report. */
  readonly kept: string
  readonly onAgain: () => void
  /** Where one goes from here; absent: nowhere. */
  readonly back: string | undefined
}

export const Result = ({ judged, kept, onAgain, back }: ResultProps) => {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const { outcome, advice } = judged
  return (
    <section class="ds-card panel check__step check__result" data-color="neutral" data-outcome={outcome}>
      <h2 class="ds-heading" data-size="xs" tabIndex={-1} ref={heading}>
        {c('result')}
      </h2>
      <Notice color={colors[outcome]}>
        <p>{c(outcome)}</p>
        {advice.length === 0 ? null : (
          <ul class="check__advice">
            {advice.map((code) => (
              <li key={code}>{c(code)}</li>
            ))}
          </ul>
        )}
      </Notice>
      {outcome === 'failed' ? <p>{c('phoneInstead')}</p> : null}
      <p class="quiet">{kept}</p>
      <div class="check__answers">
        {back === undefined ? null : (
          <a class="ds-button" data-color="accent" href={back}>
            {c('back')}
          </a>
        )}
        <button type="button" class="ds-button" data-variant="secondary" onClick={onAgain}>
          {c('again')}
        </button>
      </div>
    </section>
  )
}
