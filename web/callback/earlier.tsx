/** What became of earlier requests, with every attempt. */
import type { Callback } from '../../client/index.ts'
import { type Key, t } from '../language/language.ts'
import { moment } from '../language/times.ts'
import { Attempts } from './attempts.tsx'
import { topicName } from './topic.ts'

const ends: Readonly<Partial<Record<Callback['state'], Key>>> = {
  done: 'callbackDone',
  unreachable: 'callbackUnreachable',
  cancelled: 'callbackCancelled',
}

export interface EarlierProps {
  /** Newest first. */
  readonly callbacks: readonly Callback[]
  readonly nameOf: (person: string) => string
  readonly now: number
}

export const Earlier = ({ callbacks, nameOf, now }: EarlierProps) =>
  callbacks.length === 0 ? null : (
    <details class="earlier">
      <summary>{t('callbackEarlier', { count: callbacks.length })}</summary>
      <ul class="earlier__list">
        {callbacks.map(({ id, state, topic, reason, changedAt, attempts }) => (
          <li key={id}>
            <p class="strong">{t(ends[state] ?? 'callbackDone')}</p>
            <p class="quiet">
              {moment(changedAt, now)} · {topicName(topic)}
            </p>
            <p class="earlier__reason" dir="auto">
              {reason}
            </p>
            <Attempts attempts={attempts} nameOf={nameOf} now={now} />
          </li>
        ))}
      </ul>
    </details>
  )
