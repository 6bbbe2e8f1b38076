/** Another priority for a request, and why. */
import { useId, useState } from 'preact/hooks'
import type { Callback, Visavis } from '../../client/index.ts'
import { announce } from '../page/announcer.tsx'
import { Dialog } from '../page/dialog.tsx'
import { useAct } from '../page/use-act.ts'
import { DialogForm, TextArea } from './fields.tsx'
import { s } from './words.ts'

export interface RaiseDialogProps {
  readonly visavis: Visavis
  readonly callback: Callback
  readonly onDone: () => void
  readonly onClose: () => void
}

const levels = ['priority0', 'priority1', 'priority2'] as const

export const RaiseDialog = ({ visavis, callback, onDone, onClose }: RaiseDialogProps) => {
  const id = useId()
  const [priority, setPriority] = useState(Math.min(callback.priority + 1, levels.length - 1))
  const [reason, setReason] = useState('')
  const [missing, setMissing] = useState(false)
  const { busy, problem, run } = useAct()
  const name = callback.jobseekerName
  const raise = async () => {
    const why = reason.trim()
    setMissing(why === '')
    if (why === '' || !(await run(() => visavis.callbackBoard.raise(callback.id, priority, why)))) return
    announce(s('raised', { name, priority: s(levels[priority] ?? 'priority0') }))
    onDone()
  }
  return (
    <Dialog title={s('raiseOf', { name })} onClose={onClose}>
      <DialogForm action={s('save')} busy={busy} problem={problem} onSubmit={() => void raise()} onClose={onClose}>
        <fieldset class="ds-fieldset" aria-describedby={`${id}-hint`}>
          <legend class="ds-label">{s('priority')}</legend>
          {levels.map((words, level) => (
            <div key={words} class="ds-field">
              <input
                class="ds-input"
                type="radio"
                id={`${id}-${level}`}
                name={`${id}-priority`}
                checked={priority === level}
                onChange={() => setPriority(level)}
              />
              <label class="ds-label" data-weight="regular" for={`${id}-${level}`}>
                {s(words)}
              </label>
            </div>
          ))}
          <p class="quiet" id={`${id}-hint`}>
            {s('raiseHint')}
          </p>
        </fieldset>
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
