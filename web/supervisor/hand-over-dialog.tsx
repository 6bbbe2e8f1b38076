/** Hands a jobseeker over to another advisor. */
import { useState } from 'preact/hooks'
import { announce } from '../page/announcer.tsx'
import { Dialog } from '../page/dialog.tsx'
import { useAct } from '../page/use-act.ts'
import { AdvisorChoice } from './advisor-choice.tsx'
import { DialogForm, TextArea } from './fields.tsx'
import { nameIn, type Supervised } from './supervised.ts'
import { useLoaded } from './use-loaded.ts'
import { s } from './words.ts'

export interface HandOverDialogProps extends Supervised {
  readonly jobseeker: { readonly id: string; readonly name: string }
  readonly onDone: () => void
  readonly onClose: () => void
}

export const HandOverDialog = (props: HandOverDialogProps) => {
  const { visavis, supervision, advisors, jobseeker, onDone, onClose } = props
  const [to, setTo] = useState('')
  const [reason, setReason] = useState('')
  const { busy, problem, run } = useAct()
  const { name } = jobseeker
  const current = useLoaded(() => supervision.person(jobseeker.id), jobseeker.id)
  const advisor = current.value?.advisor
  const handOver = async () => {
    const why = reason.trim()
    const transfer = { jobseeker: jobseeker.id, to, ...(why === '' ? {} : { reason: why }) }
    if (!(await run(() => visavis.enrolment.transfer(transfer)))) return
    announce(s('handedOver', { name, advisor: nameIn(advisors, to) }))
    onDone()
  }
  return (
    <Dialog title={s('handOverOf', { name })} onClose={onClose}>
      {current.value === undefined ? null : (
        <p>{advisor === undefined ? s('followedByNobody') : s('followedBy', { name: nameIn(advisors, advisor) })}</p>
      )}
      <p class="quiet">{s('handOverHint')}</p>
      <DialogForm
        action={s('handOverDo')}
        busy={busy}
        problem={problem}
        disabled={to === ''}
        onSubmit={() => void handOver()}
        onClose={onClose}
      >
        <AdvisorChoice label={s('to')} advisors={advisors} without={advisor} value={to} onChoose={setTo} />
        <TextArea label={s('reasonOptional')} value={reason} onInput={setReason} />
      </DialogForm>
    </Dialog>
  )
}
