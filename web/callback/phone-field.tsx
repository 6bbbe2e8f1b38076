/** A telephone number, with what is wrong about it beside it. */
import type { Ref } from 'preact'
import { useId } from 'preact/hooks'
import { t } from '../language/language.ts'

const pattern = /^\+?[0-9 .()-]{6,24}$/

export const isPhone = (text: string): boolean => pattern.test(text.trim())

export interface PhoneFieldProps {
  readonly value: string
  /** Whether the person has tried to send it. */
  readonly checked: boolean
  readonly input: Ref<HTMLInputElement>
  readonly onInput: (value: string) => void
}

export const PhoneField = ({ value, checked, input, onInput }: PhoneFieldProps) => {
  const id = useId()
  const wrong = checked && !isPhone(value)
  return (
    <div class="ds-field">
      <label class="ds-label" for={id}>
        {t('phone')}
      </label>
      <input
        ref={input}
        class="ds-input"
        id={id}
        type="tel"
        autocomplete="tel"
        maxLength={25}
        required
        aria-invalid={wrong}
        aria-describedby={`${id}-error`}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <p class="ds-validation-message" id={`${id}-error`} hidden={!wrong}>
        {t('phoneInvalid')}
      </p>
    </div>
  )
}
