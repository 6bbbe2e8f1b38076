/** Letting somebody join without a device check: why, and that it is meant. */
import { useId, useRef, useState } from 'preact/hooks'
import type { Awaited, AwaitedPerson } from '../../client/awaited.ts'
import { announce } from '../page/announcer.tsx'
import { FormActions } from '../page/dialog.tsx'
import { useAct } from '../page/use-act.ts'
import { w } from './words.ts'

export interface WaiveFormProps {
  readonly awaited: Awaited
  readonly person: AwaitedPerson
  readonly onDone: () => void
  readonly onClose: () => void
}

const longest = 500

export const WaiveForm = ({ awaited, person, onDone, onClose }: WaiveFormProps) => {
  const id = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const [why, setWhy] = useState('')
  const [missing, setMissing] = useState(false)
  const act = useAct()
  const waive = async () => {
    const reason = why.trim()
    if (reason === '') {
      setMissing(true)
      field.current?.focus()
      return
    }
    if (!(await act.run(() => awaited.waiveCheck(person.id, reason)))) return
    announce(w('done', { name: person.name }))
    onDone()
  }
  return (
    <form
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void waive()
      }}
    >
      <p>{w('waiveText')}</p>
      <div class="ds-field">
        <label class="ds-label" for={id}>
          {w('why')}
        </label>
        <textarea
          ref={field}
          class="ds-input"
          id={id}
          rows={3}
          maxLength={longest}
          dir="auto"
          required
          aria-describedby={`${id}-hint ${id}-problem`}
          aria-invalid={missing}
          value={why}
          onInput={({ currentTarget: { value } }) => {
            setWhy(value)
            setMissing(false)
          }}
        />
        <p class="quiet" id={`${id}-hint`}>
          {w('whyHint')}
        </p>
        <p class="ds-validation-message" id={`${id}-problem`} hidden={!missing}>
          {w('whyMissing')}
        </p>
      </div>
      {act.problem === undefined ? null : (
        <p class="problem" role="alert">
          {act.problem}
        </p>
      )}
      <FormActions action={w('waive')} back={w('cancel')} disabled={act.busy} onClose={onClose} />
    </form>
  )
}
