/** Callbacks whose time has not come yet. */
import type { Callback } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { moment, span } from '../language/times.ts'
import { Facts } from './facts.tsx'

export interface PlannedProps {
  readonly callbacks: readonly Callback[]
  readonly now: number
  readonly onSelect: (jobseeker: string) => void
}

function when({ readyAt, window, needsNumber }: Callback, now: number): string {
  if (needsNumber) return t('queueNeedsNumber')
  return window === undefined ? t('queuePlannedFrom', { time: moment(readyAt, now) }) : span(window, now)
}

export const Planned = ({ callbacks, now, onSelect }: PlannedProps) =>
  callbacks.length === 0 ? null : (
    <details class="planned">
      <summary>{t('queuePlanned', { count: callbacks.length })}</summary>
      <ul class="queue__list">
        {callbacks.map((callback) => (
          <li key={callback.id} class="ticket" data-state="scheduled">
            <Facts callback={callback} onSelect={onSelect} sign={null} />
            <p class="quiet">
              {[
                when(callback, now),
                ...(callback.attempts === undefined ? [] : [t('queueTried', { count: callback.attempts.length })]),
              ].join(' · ')}
            </p>
          </li>
        ))}
      </ul>
    </details>
  )
