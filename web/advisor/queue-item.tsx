/** One callback of the advisor's queue: waiting, offered with the time left to take it, or in progress. */
import { useState } from 'preact/hooks'
import type { Callback, Visavis } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { wait } from '../language/times.ts'
import { CameraIcon, PhoneIcon } from '../page/icons.tsx'
import { Notice } from '../page/notice.tsx'
import { useClock } from '../page/use-changes.ts'
import { OutcomeForm } from './outcome-form.tsx'

export interface QueueItemProps {
  readonly visavis: Visavis
  readonly callback: Callback
  /** Shows the person's messages and room. */
  readonly onSelect: (jobseeker: string) => void
}

export const QueueItem = ({ visavis, callback, onSelect }: QueueItemProps) => {
  const { id, state, medium, phone, reason, jobseeker, jobseekerName, requestedAt, missedOffers } = callback
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const act = async (work: () => Promise<unknown>) => {
    setBusy(true)
    setError(undefined)
    try {
      await work()
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }
  const offer = visavis.callbacks.offerOf(id)
  useClock(offer === undefined ? 30_000 : 1_000)
  const leftMs = Math.max(0, (offer?.leaseUntil ?? 0) - visavis.now())
  const accept = async () => {
    await visavis.callbacks.accept(id)
    onSelect(jobseeker)
  }
  return (
    <li class="ticket" data-state={state}>
      <div class="ticket__head">
        <span class="ticket__medium">
          {medium === 'phone' ? <PhoneIcon /> : <CameraIcon />}
          <span class="ds-sr-only">{t(medium === 'phone' ? 'byPhone' : 'byRoom')}</span>
        </span>
        <h3 class="ticket__name">
          <button type="button" class="text-button" onClick={() => onSelect(jobseeker)}>
            {jobseekerName}
          </button>
        </h3>
        <span class="ticket__state" data-state={state}>
          {t(state === 'active' ? 'queueActive' : state === 'offered' ? 'queueToTake' : 'queueWaiting')}
        </span>
      </div>
      <p class="ticket__reason" dir="auto">
        {reason}
      </p>
      {state === 'active' ? null : (
        <p class="quiet">
          {t('queueSince', { time: wait(visavis.now() - requestedAt) })}
          {missedOffers > 0 ? ` · ${t('queueMissed', { count: missedOffers })}` : ''}
        </p>
      )}
      {error === undefined ? null : <Notice color="danger">{t(sentenceOf(error))}</Notice>}
      {offer === undefined ? null : (
        <>
          <button
            type="button"
            class="ds-button"
            data-color="accent"
            data-fullwidth
            disabled={busy}
            onClick={() => void act(accept)}
          >
            {t('queueAccept')}
          </button>
          <p class="ticket__left quiet">{t('queueSecondsLeft', { count: Math.ceil(leftMs / 1_000) })}</p>
        </>
      )}
      {state === 'active' ? (
        <>
          {medium === 'phone' && phone !== undefined ? (
            <a
              class="ds-button"
              data-color="accent"
              data-variant="secondary"
              data-fullwidth
              href={`tel:${phone.replace(/[^+0-9]/g, '')}`}
            >
              <PhoneIcon />
              {t('queueCall', { phone: phone.replaceAll(' ', '\u00a0') })}
            </a>
          ) : null}
          <OutcomeForm
            busy={busy}
            onComplete={(outcome) => void act(() => visavis.callbacks.complete(id, outcome))}
            onAttempt={(attempt) => void act(() => visavis.callbacks.attempt(id, attempt))}
          />
        </>
      ) : null}
    </li>
  )
}
