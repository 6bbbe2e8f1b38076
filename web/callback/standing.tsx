/**
 * How many requests are before one's own, and when the call may be expected. It changes by itself, so it is no live region:
 * whoever wants to know reads it.
 */
import type { CallbackPlace, CallbackStep } from '../../client/index.ts'
import { type Key, t } from '../language/language.ts'
import { nearby } from '../language/times.ts'

const where = {
  own: 'whereOwn',
  cover: 'whereCover',
  team: 'whereTeam',
  region: 'whereRegion',
} as const satisfies Record<CallbackStep, Key>

function placeIn(ahead: number, step: CallbackStep, name: string): string {
  const among = t(where[step], { name })
  if (ahead === 0) return t('placeNext', { where: among })
  return ahead === 1 ? t('placeOne', { where: among }) : t('placeMany', { count: ahead, where: among })
}

export interface StandingProps {
  readonly place: CallbackPlace
  /** In whose queue it is. */
  readonly name: string
  readonly now: number
}

export const Standing = ({ place, name, now }: StandingProps) => {
  const { ahead, step, estimate } = place
  if (ahead === undefined || step === undefined) return null
  return (
    <div class="standing">
      <p class="standing__place strong">{placeIn(ahead, step, name)}</p>
      {place.paused !== undefined ? null : estimate === undefined ? (
        <p class="quiet">{t('estimateNone')}</p>
      ) : (
        <p class="quiet">
          <span class="standing__when">{t('estimate', { time: nearby(estimate.expectedAt, now) })}</span>,{' '}
          {t('estimateRange', {
            earliest: nearby(estimate.earliestAt, now),
            latest: nearby(estimate.latestAt, now),
          })}
        </p>
      )}
      <details class="standing__how quiet">
        <summary>{t('placeHow')}</summary>
        <p>{t('placeHowText')}</p>
      </details>
    </div>
  )
}
