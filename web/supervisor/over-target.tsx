/** Says at once that a portfolio has grown beyond the target, on whatever view the supervisor is. */
import { useEffect, useState } from 'preact/hooks'
import type { Visavis } from '../../client/index.ts'
import type { SchemeOverview } from '../../client/region-scheme.ts'
import { t } from '../language/language.ts'
import { Notice } from '../page/notice.tsx'
import type { Loaded } from './use-loaded.ts'
import { s } from './words.ts'

export interface OverTargetProps {
  readonly visavis: Visavis
  readonly overview: Loaded<SchemeOverview>
}

export const OverTarget = ({ visavis, overview }: OverTargetProps) => {
  const [news, setNews] = useState<ReadonlySet<string>>(new Set())
  const { value, again } = overview
  useEffect(
    () =>
      visavis.on('enrolment.portfolioOverTarget', ({ advisor }) => {
        setNews((known) => new Set(known).add(advisor))
        again()
      }),
    [visavis],
  )
  const over = value?.overTarget.filter(({ advisor }) => news.has(advisor)) ?? []
  if (value === undefined || over.length === 0) return null
  const { target, ceiling } = value.settings
  return (
    <Notice color="warning">
      {over.map(({ advisor, name, size }) => (
        <p key={advisor}>{s('portfoliosOver', { name, size, target, ceiling })}</p>
      ))}
      <p class="scheme__acts">
        <a class="ds-link" href="#report">
          {s('portfoliosShow')}
        </a>
        <button type="button" class="text-button" onClick={() => setNews(new Set())}>
          {t('close')}
        </button>
      </p>
    </Notice>
  )
}
