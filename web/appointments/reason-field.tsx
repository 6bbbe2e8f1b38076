/** Why an appointment is moved or cancelled: a few words are needed. */
import type { RefObject } from 'preact'
import { useId } from 'preact/hooks'
import { t } from '../language/language.ts'

export interface ReasonFieldProps {
  readonly input: RefObject<HTMLTextAreaElement | null>
  readonly value: string
  /** It was looked at, and is missing. */
  readonly wrong: boolean
  readonly onInput: (value: string) => void
}

export const ReasonField = ({ input, value, wrong, onInput }: ReasonFieldProps) => {
  const id = useId()
  return (
    <div class="ds-field">
      <label class="ds-label" for={id}>
        {t('apptReason')}
      </label>
      <p class="quiet" data-field="description" id={`${id}-hint`}>
        {t('apptReasonHint')}
      </p>
      <textarea
        ref={input}
        class="ds-input"
        id={id}
        rows={2}
        dir="auto"
        maxLength={500}
        required
        aria-invalid={wrong}
        aria-describedby={`${id}-hint ${id}-error`}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <p class="ds-validation-message" id={`${id}-error`} hidden={!wrong}>
        {t('apptReasonMissing')}
      </p>
    </div>
  )
}
