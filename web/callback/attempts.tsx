/** Every try to reach the jobseeker, oldest first. */
import type { Attempt, AttemptOutcome } from '../../client/index.ts'
import { type Key, t } from '../language/language.ts'
import { moment } from '../language/times.ts'

const outcomes = {
  reached: 'attemptReached',
  'no-answer': 'attemptNoAnswer',
  busy: 'attemptBusy',
  'wrong-number': 'attemptWrongNumber',
  postponed: 'attemptPostponed',
} as const satisfies Record<AttemptOutcome, Key>

export interface AttemptsProps {
  readonly attempts: readonly Attempt[] | undefined
  readonly nameOf: (person: string) => string
  readonly now: number
}

export const Attempts = ({ attempts = [], nameOf, now }: AttemptsProps) =>
  attempts.length === 0 ? null : (
    <div class="attempts">
      <p class="attempts__title">{t('attempts')}</p>
      <ol class="attempts__list">
        {attempts.map(({ at, by, name, outcome }) => (
          <li key={`${at}/${by}`} data-outcome={outcome}>
            <span class="quiet">{t('attemptBy', { time: moment(at, now), name: name ?? nameOf(by) })}</span>
            <span>{t(outcomes[outcome])}</span>
          </li>
        ))}
      </ol>
    </div>
  )
