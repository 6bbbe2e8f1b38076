/** The callbacks of this advisor: what is offered or in progress first, then who waits, the longest first. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Callback, Visavis } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { ClockIcon } from '../page/icons.tsx'
import { Notice } from '../page/notice.tsx'
import { QueueItem } from './queue-item.tsx'

export interface QueueProps {
  readonly visavis: Visavis
  readonly onSelect: (jobseeker: string) => void
}

const order: Readonly<Record<Callback['state'], number>> = {
  offered: 0,
  active: 1,
  waiting: 2,
  // Not due yet, or ended.
  scheduled: 3,
  done: 3,
  unreachable: 3,
  cancelled: 3,
}

export const Queue = ({ visavis, onSelect }: QueueProps) => {
  const { callbacks } = visavis
  const [, redraw] = useState(0)
  const told = useRef<string | undefined>(undefined)
  useEffect(() => callbacks.onChange(() => redraw((count) => count + 1)), [callbacks])
  const open = callbacks.list
    .filter(({ state }) => order[state] < 3)
    .sort((a, b) => order[a.state] - order[b.state] || a.requestedAt - b.requestedAt)
  const offered = open.find(({ id }) => callbacks.offerOf(id) !== undefined)
  useEffect(() => {
    if (offered === undefined || told.current === offered.id) return
    told.current = offered.id
    announce(t('queueOffered', { name: offered.jobseekerName }))
  }, [offered])

  return (
    <section class="ds-card panel side queue" data-color="neutral" aria-labelledby="queue-heading">
      <div class="side__head">
        <ClockIcon />
        <h2 class="ds-heading" data-size="2xs" id="queue-heading">
          {t('queue')}
        </h2>
        {open.length > 0 ? <span class="count count--quiet">{open.length}</span> : null}
      </div>
      {callbacks.error === undefined || callbacks.loaded ? null : (
        <Notice color="danger">{t(sentenceOf(callbacks.error))}</Notice>
      )}
      {callbacks.desk?.state === 'away' || callbacks.desk?.state === 'busy' ? (
        <button type="button" class="ds-button" data-color="accent" onClick={() => void callbacks.setDesk('ready')}>
          {t('queueReady')}
        </button>
      ) : null}
      {open.length === 0 ? (
        <div class="empty">
          <p class="empty__title">{t('queueEmpty')}</p>
          <p class="quiet">{t('queueEmptyText')}</p>
        </div>
      ) : (
        <ul class="queue__list">
          {open.map((callback) => (
            <QueueItem key={callback.id} visavis={visavis} callback={callback} onSelect={onSelect} />
          ))}
        </ul>
      )}
    </section>
  )
}
