/** Cancelling an appointment, with the reason. */
import { useRef, useState } from 'preact/hooks'
import type { Appointment, Visavis } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { Dialog, FormActions } from '../page/dialog.tsx'
import { useAct } from '../page/use-act.ts'
import { ReasonField } from './reason-field.tsx'
import { begins } from './when.ts'

export interface CancelDialogProps {
  readonly visavis: Visavis
  readonly appointment: Appointment
  readonly onClose: () => void
}

export const CancelDialog = ({ visavis, appointment, onClose }: CancelDialogProps) => {
  const [reason, setReason] = useState('')
  const [checked, setChecked] = useState(false)
  const input = useRef<HTMLTextAreaElement>(null)
  const act = useAct()
  const submit = async (event: Event) => {
    event.preventDefault()
    setChecked(true)
    if (reason.trim() === '') input.current?.focus()
    else if (await act.run(() => visavis.appointments.cancel(appointment.id, reason.trim()))) onClose()
  }
  return (
    <Dialog title={t('apptCancelOf', { time: begins(appointment, visavis.now()) })} onClose={onClose}>
      <form class="form" data-color="accent" onSubmit={(event) => void submit(event)} noValidate>
        <p class="quiet">{t('apptCancelText')}</p>
        <ReasonField input={input} value={reason} wrong={checked && reason.trim() === ''} onInput={setReason} />
        {act.problem === undefined ? null : (
          <p class="problem" role="alert">
            {act.problem}
          </p>
        )}
        <FormActions
          action={t('apptCancelDo')}
          color="danger"
          disabled={act.busy}
          back={t('backward')}
          onClose={onClose}
        />
      </form>
    </Dialog>
  )
}
