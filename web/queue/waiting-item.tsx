/** A callback that waits, or that somebody else has. */
import type { ComponentChildren } from 'preact'
import type { Callback } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { wait } from '../language/times.ts'
import { useClock } from '../page/use-changes.ts'
import { Facts } from './facts.tsx'

export interface WaitingItemProps {
  readonly callback: Callback
  readonly now: number
  readonly onSelect: ((jobseeker: string) => void) | undefined
  /** What can be done about it here. */
  readonly children?: ComponentChildren
}

export const WaitingItem = ({ callback, now, onSelect, children }: WaitingItemProps) => {
  const { state, holder, readyAt, missedOffers, attempts = [] } = callback
  useClock(30_000)
  const told = [
    t('queueSince', { time: wait(now - readyAt) }),
    ...(missedOffers > 0 ? [t('queueMissed', { count: missedOffers })] : []),
    ...(attempts.length > 0 ? [t('queueTried', { count: attempts.length })] : []),
  ]
  return (
    <li class="ticket" data-state="waiting">
      <Facts
        callback={callback}
        onSelect={onSelect}
        sign={holder === undefined ? t('queueWaiting') : t('queueWith', { name: holder.name })}
      />
      {state === 'waiting' ? <p class="quiet">{told.join(' · ')}</p> : null}
      {children}
    </li>
  )
}
