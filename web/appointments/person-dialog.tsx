/** The appointments with one jobseeker, for their advisor: those ahead, and making one. */
import { useEffect, useState } from 'preact/hooks'
import type { Appointment, Visavis } from '../../client/index.ts'
import { PastRecords } from '../attendance/record-list.tsx'
import { a } from '../attendance/words.ts'
import { t } from '../language/language.ts'
import { Dialog } from '../page/dialog.tsx'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'
import { AppointmentItem } from './appointment-item.tsx'
import { useDialogs } from './use-dialogs.tsx'

export interface PersonDialogProps {
  readonly visavis: Visavis
  readonly jobseeker: { readonly id: string; readonly name: string }
  readonly onClose: () => void
}

export const PersonDialog = ({ visavis, jobseeker, onClose }: PersonDialogProps) => {
  const { appointments } = visavis
  const [all, setAll] = useState<readonly Appointment[]>()
  const act = useAct()
  const dialogs = useDialogs(visavis, { withWhom: jobseeker })
  useEffect(() => {
    const load = () => void act.run(async () => setAll(await appointments.of(jobseeker.id)))
    load()
    return appointments.onChange(load)
  }, [jobseeker.id])
  const now = visavis.now()
  const ahead = all?.filter(({ state, until }) => state === 'booked' && until > now).toReversed()
  return (
    <Dialog title={t('apptOf', jobseeker)} onClose={onClose}>
      {act.problem === undefined ? null : <Notice color="danger">{act.problem}</Notice>}
      {ahead === undefined ? <p class="quiet">{t('loading')}</p> : null}
      {ahead?.length === 0 ? <p class="quiet">{t('apptNone')}</p> : null}
      {ahead === undefined || ahead.length === 0 ? null : (
        <ul class="appts">
          {ahead.map((appointment) => (
            <AppointmentItem
              key={appointment.id}
              appointment={appointment}
              now={now}
              own={false}
              onMove={() => dialogs.move(appointment)}
              onCancel={() => dialogs.cancel(appointment)}
            />
          ))}
        </ul>
      )}
      <h3 class="ds-heading records__heading" data-size="2xs">
        {a('past')}
      </h3>
      <PastRecords
        visavis={visavis}
        jobseeker={jobseeker.id}
        namesOf={() => ({ jobseeker: jobseeker.name, advisor: visavis.session?.identity.name })}
      />
      <div class="dialog__actions">
        <button type="button" class="ds-button" data-color="accent" onClick={dialogs.book}>
          {t('apptBook')}
        </button>
      </div>
      {dialogs.shown}
    </Dialog>
  )
}
