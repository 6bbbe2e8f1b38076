/** One appointment that lies ahead, with what can be done about it. */
import type { ComponentChildren } from 'preact'
import type { Appointment } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { begins, placeOf, whole } from './when.ts'

export interface AppointmentItemProps {
  readonly appointment: Appointment
  readonly now: number
  /** Of the other side. */
  readonly name?: string | undefined
  /** Whether it is shown to the jobseeker. */
  readonly own: boolean
  readonly onMove: () => void
  readonly onCancel: () => void
  readonly children?: ComponentChildren
}

export const AppointmentItem = ({ appointment, now, name, own, onMove, onCancel, children }: AppointmentItemProps) => {
  const { from, state, modality, subject, reason, clash, turned } = appointment
  const time = begins(appointment, now)
  const booked = state === 'booked'
  return (
    <li class="appt" data-state={state} data-modality={modality} data-clash={clash === true}>
      <p class="appt__when">
        <time dateTime={new Date(from).toISOString()}>{whole(appointment, now)}</time>
      </p>
      <p class="appt__what">
        <span class="appt__place">{booked ? placeOf(appointment) : t('apptCancelled')}</span>
        {name === undefined ? null : <bdi>{t('apptWith', { name })}</bdi>}
      </p>
      {subject === undefined ? null : (
        <p class="appt__subject" dir="auto">
          {subject}
        </p>
      )}
      {reason === undefined ? null : <p class="quiet appt__subject">{t('apptReasonOf', { reason })}</p>}
      {clash === true ? <p class="appt__warning">{t(own ? 'apptClashOther' : 'apptClash')}</p> : null}
      {own && turned === true && booked ? <p class="quiet">{t('apptTurned')}</p> : null}
      {booked ? (
        <div class="appt__actions">
          <button type="button" class="text-button" aria-label={t('apptMoveOf', { time })} onClick={onMove}>
            {t('apptMove')}
          </button>
          <button type="button" class="text-button" aria-label={t('apptCancelOf', { time })} onClick={onCancel}>
            {t('apptCancel')}
          </button>
          {children}
        </div>
      ) : null}
    </li>
  )
}
