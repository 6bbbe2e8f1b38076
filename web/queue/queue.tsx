/** The callbacks of this advisor: what is offered or in progress first, then who waits, the longest first. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Callback, Visavis } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { ClockIcon, PhoneIcon } from '../page/icons.tsx'
import { lazily } from '../page/lazily.tsx'
import { Notice } from '../page/notice.tsx'
import { useChanges } from '../page/use-changes.ts'
import type { RoomEntry } from '../room/use-room.ts'
import { DeskBar } from './desk-bar.tsx'
import { Offer } from './offer.tsx'
import { Pick } from './pick.tsx'
import { Planned } from './planned.tsx'
import { soundOn } from './ring.ts'
import { SoundSwitch } from './sound-switch.tsx'
import { useChoices } from './use-choices.ts'
import { useHearing, useRing } from './use-ring.ts'
import { WaitingItem } from './waiting-item.tsx'

const Call = lazily(async () => (await import('./call.tsx')).Call)
const BookingDialog = lazily(async () => (await import('../appointments/booking-dialog.tsx')).BookingDialog)
const HoursDialog = lazily(async () => (await import('./hours-dialog.tsx')).HoursDialog)

export interface QueueProps {
  readonly visavis: Visavis
  readonly self: string
  readonly entry: RoomEntry
  /** Whether the conversation of a jobseeker is open to this advisor. */
  readonly knows: (jobseeker: string) => boolean
  readonly onSelect: (jobseeker: string) => void
}

export const Queue = ({ visavis, self, entry, knows, onSelect }: QueueProps) => {
  const { callbacks } = visavis
  useChanges((change) => callbacks.onChange(change), callbacks)
  const [setting, setSetting] = useState(false)
  const [recorded, setRecorded] = useState<string>()
  /** With whom an appointment is to be made next. */
  const [booking, setBooking] = useState<{ readonly id: string; readonly name: string }>()
  const { choices, renew } = useChoices(visavis, callbacks.mode === 'pick')
  const heard = useHearing()

  const now = visavis.now()
  const mine = callbacks.list.filter(({ holder }) => holder?.id === self)
  const offers = mine.flatMap((callback) => {
    const lease = callbacks.offerOf(callback.id)
    return lease === undefined ? [] : [{ callback, lease }]
  })
  const calls = mine.filter(({ state }) => state === 'active')
  const others = callbacks.list.filter(
    ({ id, state, holder }) =>
      (state === 'waiting' || ((state === 'offered' || state === 'active') && holder?.id !== self)) &&
      !choices.some((choice) => choice.id === id),
  )
  const planned = callbacks.list.filter(({ state }) => state === 'scheduled')
  const count = offers.length + calls.length + choices.length + others.length
  useRing(offers.map(({ callback }) => callback.id))
  useTold(offers.map(({ callback }) => callback))
  const inHand = mine.map(({ id, state }) => `${id} ${state}`).join()
  useEffect(() => {
    // What was recorded last is no news any more: the next one may have come with it.
    if (inHand !== '') setRecorded(undefined)
  }, [inHand])
  const selectorOf = (jobseeker: string) => (knows(jobseeker) ? onSelect : undefined)

  return (
    <section class="ds-card panel side queue" data-color="neutral" aria-labelledby="queue-heading">
      <div class="side__head">
        <PhoneIcon />
        <h2 class="ds-heading" data-size="2xs" id="queue-heading">
          {t('queue')}
        </h2>
        {count > 0 ? <span class="count count--quiet">{count}</span> : null}
        <div class="queue__tools">
          <SoundSwitch />
          <button
            type="button"
            class="ds-button tool"
            data-variant="tertiary"
            data-color="neutral"
            data-icon
            title={t('hours')}
            onClick={() => setSetting(true)}
          >
            <ClockIcon />
            <span class="ds-sr-only">{t('hours')}</span>
          </button>
        </div>
      </div>
      <DeskBar visavis={visavis} />
      {soundOn.value && !heard ? <p class="queue__unheard quiet">{t('soundWaits')}</p> : null}
      {callbacks.error === undefined || callbacks.loaded ? null : (
        <Notice color="danger">{t(sentenceOf(callbacks.error))}</Notice>
      )}
      {recorded === undefined ? null : <Notice color="success">{recorded}</Notice>}
      {count === 0 ? (
        <div class="empty">
          <p class="empty__title">{t('queueEmpty')}</p>
          <p class="quiet">{t(callbacks.mode === 'pick' ? 'queueEmptyPick' : 'queueEmptyText')}</p>
        </div>
      ) : (
        <ul class="queue__list">
          {offers.map(({ callback, lease }) => (
            <Offer
              key={`${callback.id}/${lease.token}`}
              visavis={visavis}
              callback={callback}
              lease={lease}
              onSelect={selectorOf(callback.jobseeker)}
            />
          ))}
          {calls.map((callback) => (
            <Call
              key={callback.id}
              visavis={visavis}
              callback={callback}
              entry={entry}
              onSelect={selectorOf(callback.jobseeker)}
              onRecorded={setRecorded}
              onFollowUp={() => {
                // An advisor makes appointments with their own jobseekers only.
                if (knows(callback.jobseeker)) setBooking({ id: callback.jobseeker, name: callback.jobseekerName })
              }}
            />
          ))}
          {choices.map((callback) => (
            <WaitingItem key={callback.id} callback={callback} now={now} onSelect={selectorOf(callback.jobseeker)}>
              <Pick
                visavis={visavis}
                callback={callback}
                onPicked={(jobseeker) => {
                  renew()
                  if (knows(jobseeker)) onSelect(jobseeker)
                }}
              />
            </WaitingItem>
          ))}
          {others.map((callback) => (
            <WaitingItem key={callback.id} callback={callback} now={now} onSelect={selectorOf(callback.jobseeker)} />
          ))}
        </ul>
      )}
      <Planned callbacks={planned} now={now} onSelect={onSelect} />
      {booking === undefined ? null : (
        <BookingDialog
          visavis={visavis}
          title={t('apptBookWith', booking)}
          jobseeker={booking.id}
          onClose={() => setBooking(undefined)}
        />
      )}
      {setting ? <HoursDialog visavis={visavis} onClose={() => setSetting(false)} /> : null}
    </section>
  )
}

/** Says every new offer aloud, once. */
function useTold(offered: readonly Callback[]): void {
  const told = useRef<string | undefined>(undefined)
  const newest = offered.at(-1)
  useEffect(() => {
    if (newest === undefined || told.current === newest.id) return
    told.current = newest.id
    announce(t('queueOffered', { name: newest.jobseekerName }))
  }, [newest?.id])
}
