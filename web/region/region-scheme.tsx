/** How a region stands in the scheme: who can join today, and for whoever decides it, changing that. */
import { useState } from 'preact/hooks'
import type { RegionScheme, SchemeOverview } from '../../client/region-scheme.ts'
import { sentenceOf } from '../language/failures.ts'
import { number, t } from '../language/language.ts'
import { dayAndClock } from '../language/times.ts'
import { Notice } from '../page/notice.tsx'
import { useLoaded } from '../supervisor/use-loaded.ts'
import { Consequences } from './consequence-list.tsx'
import { SchemeForm } from './scheme-form.tsx'
import { g } from './words.ts'

export interface RegionSchemeViewProps {
  readonly scheme: RegionScheme
  /** By the clock of the server (ms). */
  readonly now: () => number
}

const Facts = ({ overview: { capacity, followed, awaited } }: { overview: SchemeOverview }) => (
  <dl class="facts">
    <div class="fact">
      <dt>{g('followed')}</dt>
      <dd>{number(followed)}</dd>
    </div>
    <div class="fact">
      <dt>{g('awaited')}</dt>
      <dd>{number(awaited)}</dd>
    </div>
    <div class="fact">
      <dt>{g('certified')}</dt>
      <dd>
        {capacity === undefined
          ? g('certifiedNone')
          : g('certifiedOf', {
              ...{ count: capacity.capacity, certificate: capacity.certificate },
              time: dayAndClock(capacity.expiresAt),
            })}
      </dd>
    </div>
  </dl>
)

export const RegionSchemeView = ({ scheme, now }: RegionSchemeViewProps) => {
  const { value: overview, error, again } = useLoaded(() => scheme.overview(), scheme)
  const [changed, setChanged] = useState(0)
  if (overview === undefined) {
    return error === undefined ? (
      <p class="quiet">{g('loading')}</p>
    ) : (
      <Notice color="danger">
        <p>{t(sentenceOf(error))}</p>
        <p class="notice__actions">
          <button type="button" class="text-button" onClick={again}>
            {g('again')}
          </button>
        </p>
      </Notice>
    )
  }
  return (
    <>
      <h3 class="ds-heading" data-size="2xs">
        {g('now')}
      </h3>
      <Consequences settings={overview.settings} overview={overview} now={now()} />
      <Facts overview={overview} />
      {overview.decides ? (
        <SchemeForm
          key={`${changed} ${JSON.stringify(overview.settings)}`}
          {...{ scheme, overview, now }}
          onDone={() => {
            setChanged((count) => count + 1)
            again()
          }}
        />
      ) : (
        <p class="quiet">{g('readOnly')}</p>
      )}
    </>
  )
}
