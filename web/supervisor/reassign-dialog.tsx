/** Gives a request to another advisor, and why. */
import { useState } from 'preact/hooks'
import type { AdvisorFigures, Callback, Visavis } from '../../client/index.ts'
import { announce } from '../page/announcer.tsx'
import { Dialog } from '../page/dialog.tsx'
import { useAct } from '../page/use-act.ts'
import { AdvisorChoice } from './advisor-choice.tsx'
import { DialogForm, TextArea } from './fields.tsx'
import { nameIn, type Supervised } from './supervised.ts'
import { s } from './words.ts'

export interface ReassignDialogProps {
  readonly visavis: Visavis
  readonly advisors: Supervised['advisors']
  readonly desks: readonly AdvisorFigures[]
  readonly callback: Callback
  readonly onDone: () => void
  readonly onClose: () => void
}

export const ReassignDialog = ({ visavis, advisors, desks, callback, onDone, onClose }: ReassignDialogProps) => {
  const [to, setTo] = useState('')
  const [reason, setReason] = useState('')
  const [missing, setMissing] = useState(false)
  const { busy, problem, run } = useAct()
  const name = callback.jobseekerName
  const give = async () => {
    const why = reason.trim()
    setMissing(why === '')
    if (why === '' || !(await run(() => visavis.callbackBoard.reassign(callback.id, to, why)))) return
    announce(s('given', { name, advisor: nameIn(advisors, to) }))
    onDone()
  }
  return (
    <Dialog title={s('reassignOf', { name })} onClose={onClose}>
      <p class="quiet">{s('reassignHint')}</p>
      <DialogForm
        action={s('give')}
        busy={busy}
        problem={problem}
        disabled={to === ''}
        onSubmit={() => void give()}
        onClose={onClose}
      >
        <AdvisorChoice
          label={s('to')}
          advisors={advisors}
          without={callback.advisor}
          desks={desks}
          value={to}
          onChoose={setTo}
        />
        <TextArea
          label={s('reason')}
          hint={s('reasonHint')}
          problem={missing && reason.trim() === '' ? s('reasonMissing') : undefined}
          value={reason}
          onInput={setReason}
        />
      </DialogForm>
    </Dialog>
  )
}
