/** A modal dialog, there as long as it is drawn. The browser keeps the focus inside, and gives it back afterwards. */
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { t } from '../language/language.ts'
import { CloseIcon } from './icons.tsx'

export interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

export const Dialog = ({ title, onClose, children }: DialogProps) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      class="ds-dialog dialog"
      data-color="neutral"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      // What is typed in a dialog is not meant for what lies around it.
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div class="dialog__head">
        <h2 class="ds-heading" data-size="xs" id={id}>
          {title}
        </h2>
        <button type="button" class="ds-button tool" data-variant="tertiary" data-icon onClick={onClose}>
          <CloseIcon />
          <span class="ds-sr-only">{t('close')}</span>
        </button>
      </div>
      {children}
    </dialog>
  )
}

export interface FormActionsProps {
  /** What is done, as a verb. */
  readonly action: string
  readonly color?: 'accent' | 'danger'
  readonly disabled: boolean
  /** What leaves all as it was. */
  readonly back?: string
  readonly onClose: () => void
}

/** How a form in a dialog ends: by leaving it, or by sending it. */
export const FormActions = ({ action, color = 'accent', disabled, back = t('cancel'), onClose }: FormActionsProps) => (
  <div class="dialog__actions">
    <button type="button" class="ds-button" data-variant="secondary" onClick={onClose}>
      {back}
    </button>
    <button type="submit" class="ds-button" data-color={color} disabled={disabled}>
      {action}
    </button>
  </div>
)

export interface ConfirmProps {
  readonly title: string
  readonly text: string
  /** What is done, as a verb. */
  readonly action: string
  /** Of what can be taken back, `accent`. */
  readonly color?: 'accent' | 'danger'
  /** What leaves all as it was. */
  readonly back?: string
  readonly busy: boolean
  readonly problem?: string | undefined
  readonly onConfirm: () => void
  readonly onClose: () => void
}

export const Confirm = ({
  title,
  text,
  action,
  color = 'danger',
  back = t('cancel'),
  busy,
  problem,
  onConfirm,
  onClose,
}: ConfirmProps) => (
  <Dialog title={title} onClose={onClose}>
    <p>{text}</p>
    {problem === undefined ? null : (
      <p class="problem" role="alert">
        {problem}
      </p>
    )}
    <div class="dialog__actions">
      <button type="button" class="ds-button" data-variant="secondary" onClick={onClose}>
        {back}
      </button>
      <button type="button" class="ds-button" data-color={color} disabled={busy} onClick={onConfirm}>
        {action}
      </button>
    </div>
  </Dialog>
)
