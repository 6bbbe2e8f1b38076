/** A callback offered to this advisor: take it or decline it before the time is over. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Callback, Offer as Lease, ParamsOf, Visavis } from '../../client/index.ts'
import { type Key, t } from '../language/language.ts'
import { wait } from '../language/times.ts'
import { announce } from '../page/announcer.tsx'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'
import { useClock } from '../page/use-changes.ts'
import { Facts } from './facts.tsx'

type Reason = ParamsOf<'callback.decline'>['reason']
const reasons: readonly { readonly reason: Reason; readonly label: Key }[] = [
  { reason: 'busy', label: 'declineBusy' },
  { reason: 'skills', label: 'declineSkills' },
  { reason: 'conflict', label: 'declineConflict' },
  { reason: 'other', label: 'declineOther' },
]
/** When the time left is said aloud, once (s). */
const warnAt = 10

export interface OfferProps {
  readonly visavis: Visavis
  readonly callback: Callback
  readonly lease: Lease
  readonly onSelect: ((jobseeker: string) => void) | undefined
}

export const Offer = ({ visavis, callback, lease, onSelect }: OfferProps) => {
  const { id, jobseeker, readyAt } = callback
  const { busy, problem, run } = useAct()
  const [declining, setDeclining] = useState(false)
  useClock(500)
  const now = visavis.now()
  const left = Math.max(0, Math.ceil((lease.leaseUntil - now) / 1_000))
  // How much of it is left is shown as a part of what was left when the page learnt of it.
  const whole = useRef(Math.max(1, lease.leaseUntil - now))
  const warned = useRef(left <= warnAt)
  useEffect(() => {
    if (warned.current || left > warnAt) return
    warned.current = true
    announce(t('queueSecondsAloud', { count: warnAt }))
  }, [left])
  const accept = async () => {
    if (await run(() => visavis.callbacks.accept(id))) onSelect?.(jobseeker)
  }
  return (
    <li class="ticket" data-state="offered">
      <Facts callback={callback} onSelect={onSelect} sign={t('queueToTake')} />
      <p class="quiet">{t('queueSince', { time: wait(now - readyAt) })}</p>
      {problem === undefined ? null : <Notice color="danger">{problem}</Notice>}
      <button
        type="button"
        class="ds-button"
        data-color="accent"
        data-fullwidth
        disabled={busy}
        onClick={() => void accept()}
      >
        {t('queueAccept')}
      </button>
      <div class="lease" data-short={left <= warnAt}>
        <span class="lease__bar" aria-hidden="true">
          <span style={{ width: `${Math.min(100, (100 * (lease.leaseUntil - now)) / whole.current)}%` }} />
        </span>
        <p class="quiet">{t('queueSecondsLeft', { count: left })}</p>
      </div>
      {declining ? (
        <fieldset class="decline">
          <legend class="quiet">{t('declineWhy')}</legend>
          {reasons.map(({ reason, label }, n) => (
            <button
              key={reason}
              type="button"
              class="ds-button"
              data-variant="secondary"
              data-color="neutral"
              data-fullwidth
              disabled={busy}
              ref={n === 0 ? focus : null}
              onClick={() => void run(() => visavis.callbacks.decline(id, reason))}
            >
              {t(label)}
            </button>
          ))}
        </fieldset>
      ) : (
        <button
          type="button"
          class="ds-button"
          data-variant="tertiary"
          data-color="neutral"
          data-fullwidth
          disabled={busy}
          onClick={() => setDeclining(true)}
        >
          {t('decline')}
        </button>
      )}
    </li>
  )
}

const focus = (element: HTMLElement | null) => element?.focus()
