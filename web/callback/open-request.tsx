/** One open request: how it is getting on, where it stands, and what can be done about it. */
import { useState } from 'preact/hooks'
import type { Callback, Visavis } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { Confirm } from '../page/dialog.tsx'
import { lazily } from '../page/lazily.tsx'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'
import { useClock } from '../page/use-changes.ts'
import type { RoomEntry } from '../room/use-room.ts'
import { Attempts } from './attempts.tsx'
import { NumberForm } from './number-form.tsx'
import { Progress } from './progress.tsx'
import { Standing } from './standing.tsx'
import { usePlace } from './use-place.ts'

const RescheduleDialog = lazily(async () => (await import('./reschedule-dialog.tsx')).RescheduleDialog)

export interface OpenRequestProps {
  readonly visavis: Visavis
  readonly callback: Callback
  readonly nameOf: (person: string) => string
  /** The way into the jobseeker's room. */
  readonly entry: RoomEntry
}

export const OpenRequest = ({ visavis, callback, nameOf, entry }: OpenRequestProps) => {
  const { id, state, medium, jobseeker, attempts } = callback
  const [changing, setChanging] = useState(false)
  const [withdrawing, setWithdrawing] = useState(false)
  const { busy, problem, run, forget } = useAct()
  const place = usePlace(visavis, callback)
  useClock(60_000)
  const now = visavis.now()
  const name = nameOf(callback.advisor)
  const withdraw = async () => {
    if (!(await run(() => visavis.callbacks.cancel(id)))) return
    announce(t('callbackCancelledAloud'))
    setWithdrawing(false)
  }
  return (
    <div class="request">
      <Progress callback={callback} name={name} now={now} />
      {place?.paused === undefined ? null : (
        <Notice color="warning">
          <p>{t('callbackPaused')}</p>
          <p dir="auto">{place.paused}</p>
          <p>{t('callbackPausedPlace')}</p>
        </Notice>
      )}
      {place === undefined ? null : <Standing place={place} name={name} now={now} />}
      {callback.needsNumber ? <NumberForm visavis={visavis} callback={callback} /> : null}
      {state === 'active' && medium !== 'phone' && entry.room === undefined ? (
        <button
          type="button"
          class="ds-button"
          data-color="accent"
          data-fullwidth
          disabled={entry.entering}
          onClick={() => entry.enter(jobseeker, medium === 'audio' ? 'audio' : 'with-media')}
        >
          {t('callbackJoin')}
        </button>
      ) : null}
      <Attempts attempts={attempts} nameOf={nameOf} now={now} />
      <div class="request__actions">
        <button
          type="button"
          class="ds-button"
          data-variant="secondary"
          data-color="accent"
          data-fullwidth
          onClick={() => setChanging(true)}
        >
          {t('callbackChange')}
        </button>
        <button
          type="button"
          class="ds-button"
          data-variant="tertiary"
          data-color="danger"
          data-fullwidth
          onClick={() => setWithdrawing(true)}
        >
          {t('callbackCancel')}
        </button>
      </div>
      {changing ? <RescheduleDialog visavis={visavis} callback={callback} onClose={() => setChanging(false)} /> : null}
      {withdrawing ? (
        <Confirm
          title={t('callbackCancelHeading')}
          text={t('callbackCancelText')}
          action={t('callbackCancelDo')}
          back={t('callbackKeep')}
          busy={busy}
          problem={problem}
          onConfirm={() => void withdraw()}
          onClose={() => {
            forget()
            setWithdrawing(false)
          }}
        />
      ) : null}
    </div>
  )
}
