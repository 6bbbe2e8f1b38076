/** Where a note is written. */
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { t } from '../language/language.ts'

const longest = 4_000

export interface NoteFormProps {
  readonly label: string
  readonly action: string
  readonly text?: string
  readonly busy: boolean
  readonly problem: string | undefined
  readonly takesFocus: boolean
  readonly onSave: (text: string) => void
  readonly onCancel?: () => void
}

export const NoteForm = ({
  label,
  action,
  text: before = '',
  busy,
  problem,
  takesFocus,
  onSave,
  onCancel,
}: NoteFormProps) => {
  const id = useId()
  const [text, setText] = useState(before)
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    if (takesFocus) field.current?.focus()
  }, [])
  const trimmed = text.trim()
  return (
    <form
      class="note-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (trimmed !== '' && !busy) onSave(trimmed)
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || onCancel === undefined) return
        event.preventDefault()
        onCancel()
      }}
    >
      <label class="ds-label" for={id}>
        {label}
      </label>
      <textarea
        id={id}
        ref={field}
        class="ds-input"
        rows={3}
        dir="auto"
        maxLength={longest}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {problem === undefined ? null : (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <div class="note-form__actions">
        {onCancel === undefined ? null : (
          <button type="button" class="ds-button" data-variant="tertiary" data-size="sm" onClick={onCancel}>
            {t('cancel')}
          </button>
        )}
        <button
          type="submit"
          class="ds-button"
          data-color="accent"
          data-variant="secondary"
          data-size="sm"
          disabled={trimmed === '' || busy}
        >
          {action}
        </button>
      </div>
    </form>
  )
}
