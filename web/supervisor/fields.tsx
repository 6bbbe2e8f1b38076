/** The fields and buttons of the dialogs of this page. */
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { FormActions } from '../page/dialog.tsx'
import { s } from './words.ts'

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly onInput: (value: string) => void
  readonly hint?: string
  /** What is wrong with it. */
  readonly problem?: string | undefined
}

const describedBy = (id: string, { hint, problem }: Pick<FieldProps, 'hint' | 'problem'>) =>
  [hint === undefined ? [] : `${id}-hint`, problem === undefined ? [] : `${id}-problem`].flat().join(' ') || undefined

const Around = ({ id, label, hint, problem, children }: Omit<FieldProps, 'value' | 'onInput'> & AroundProps) => (
  <div class="ds-field">
    <label class="ds-label" for={id}>
      {label}
    </label>
    {children}
    {hint === undefined ? null : (
      <p class="quiet" id={`${id}-hint`}>
        {hint}
      </p>
    )}
    {problem === undefined ? null : (
      <p class="problem" id={`${id}-problem`} role="alert">
        {problem}
      </p>
    )}
  </div>
)

interface AroundProps {
  readonly id: string
  readonly children: ComponentChildren
}

export const TextArea = (props: FieldProps) => {
  const id = useId()
  return (
    <Around id={id} {...props}>
      <textarea
        class="ds-input"
        id={id}
        rows={3}
        maxLength={500}
        dir="auto"
        aria-describedby={describedBy(id, props)}
        aria-invalid={props.problem !== undefined}
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
    </Around>
  )
}

export const Moment = (props: FieldProps) => {
  const id = useId()
  return (
    <Around id={id} {...props}>
      <input
        class="ds-input"
        id={id}
        type="datetime-local"
        required
        aria-describedby={describedBy(id, props)}
        aria-invalid={props.problem !== undefined}
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
    </Around>
  )
}

export const Select = ({ children, ...props }: FieldProps & { readonly children: ComponentChildren }) => {
  const id = useId()
  return (
    <Around id={id} {...props}>
      <select
        class="ds-input"
        id={id}
        required
        aria-describedby={describedBy(id, props)}
        value={props.value}
        onChange={(event) => props.onInput(event.currentTarget.value)}
      >
        {children}
      </select>
    </Around>
  )
}

export interface DialogFormProps {
  /** What is done, as a verb. */
  readonly action: string
  readonly busy: boolean
  /** Why it could not be done. */
  readonly problem?: string | undefined
  readonly disabled?: boolean
  readonly onSubmit: () => void
  readonly onClose: () => void
  readonly children: ComponentChildren
}

export const DialogForm = ({
  action,
  busy,
  problem,
  disabled = false,
  onSubmit,
  onClose,
  children,
}: DialogFormProps) => (
  <form
    class="form"
    data-color="accent"
    noValidate
    onSubmit={(event) => {
      event.preventDefault()
      onSubmit()
      const form = event.currentTarget
      // When what is wrong has been drawn.
      requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
    }}
  >
    {children}
    {problem === undefined ? null : (
      <p class="problem" role="alert">
        {problem}
      </p>
    )}
    <FormActions action={action} disabled={busy || disabled} back={s('cancel')} onClose={onClose} />
  </form>
)
