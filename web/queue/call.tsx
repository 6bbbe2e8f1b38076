/** A callback in progress: how to reach the person, what is known of them, and how it went. */
import type { Callback, Visavis } from '../../client/index.ts'
import { requestSentenceOf } from '../callback/failures.ts'
import { t } from '../language/language.ts'
import { moment, span } from '../language/times.ts'
import { CameraIcon, MicrophoneIcon, PhoneIcon } from '../page/icons.tsx'
import { useAct } from '../page/use-act.ts'
import { RoomProblem } from '../room/invitation.tsx'
import type { RoomEntry } from '../room/use-room.ts'
import { Before } from './before.tsx'
import { Facts } from './facts.tsx'
import { OutcomeForm } from './outcome-form.tsx'

export interface CallProps {
  readonly visavis: Visavis
  readonly callback: Callback
  readonly entry: RoomEntry
  readonly onSelect: ((jobseeker: string) => void) | undefined
  /** What to tell when it is done with for now. */
  readonly onRecorded: (words: string) => void
  /** An appointment is wanted after it. */
  readonly onFollowUp: () => void
}

const nonBreaking = (phone: string): string => phone.replaceAll(' ', '\u00a0')

const Reach = ({ callback, entry }: Pick<CallProps, 'callback' | 'entry'>) => {
  const { medium, phone, jobseeker, jobseekerName: name } = callback
  if (medium === 'phone') {
    return phone === undefined ? null : (
      <a class="ds-button" data-color="accent" data-fullwidth href={`tel:${phone.replace(/[^+0-9]/g, '')}`}>
        <PhoneIcon />
        {t('queueCall', { phone: nonBreaking(phone) })}
      </a>
    )
  }
  // During a talk with one person, nobody else's room can be entered.
  if (entry.room !== undefined) return null
  const audio = medium === 'audio'
  return (
    <button
      type="button"
      class="ds-button"
      data-color="accent"
      data-fullwidth
      disabled={entry.entering}
      onClick={() => entry.enter(jobseeker, audio ? 'audio' : 'with-media')}
    >
      {audio ? <MicrophoneIcon /> : <CameraIcon />}
      {t(audio ? 'queueEnterAudio' : 'queueEnterRoom', { name })}
    </button>
  )
}

export const Call = ({ visavis, callback, entry, onSelect, onRecorded, onFollowUp }: CallProps) => {
  const { id, jobseeker, requestedAt, window } = callback
  const { busy, problem, run } = useAct(requestSentenceOf)
  const now = visavis.now()
  const asked = t('queueAskedAt', { time: moment(requestedAt, now) })
  return (
    <li class="ticket call" data-state="active">
      <Facts callback={callback} onSelect={onSelect} sign={t('queueActive')} />
      <p class="quiet">{window === undefined ? asked : `${asked} · ${span(window, now)}`}</p>
      <Reach callback={callback} entry={entry} />
      {/* Of somebody in the portfolio it is told where their conversation is. */}
      {onSelect === undefined ? (
        <>
          <RoomProblem entry={entry} room={jobseeker} />
          <p class="quiet">{t('queueNotYours')}</p>
        </>
      ) : (
        <button type="button" class="text-button call__show" onClick={() => onSelect(jobseeker)}>
          {t('queueShow')}
        </button>
      )}
      <Before visavis={visavis} callback={callback} />
      <OutcomeForm
        busy={busy}
        problem={problem}
        onComplete={(outcome) =>
          void run(async () => {
            await visavis.callbacks.complete(id, outcome)
            onRecorded(t('queueCompleted'))
            if (outcome.followUp === true) onFollowUp()
          })
        }
        onAttempt={(attempt) =>
          void run(async () => {
            const { state, readyAt, needsNumber } = await visavis.callbacks.attempt(id, attempt)
            const isPlanned = state === 'scheduled' && needsNumber !== true
            onRecorded(
              isPlanned ? t('queueAttemptNext', { time: moment(readyAt, visavis.now()) }) : t('queueAttemptSaved'),
            )
          })
        }
      />
    </li>
  )
}
