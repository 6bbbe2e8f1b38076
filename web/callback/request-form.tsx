/** The form of "call me back". Mistakes are told beside their field, and the first one gets the focus. */
import { useId, useRef, useState } from 'preact/hooks'
import type { CallbackRequest } from '../../client/index.ts'
import { t } from '../language/language.ts'

const phonePattern = /^\+?[0-9 .()-]{6,24}$/

export interface RequestFormProps {
  readonly advisor: string
  readonly busy: boolean
  readonly onRequest: (request: CallbackRequest) => void
}

export const RequestForm = ({ advisor, busy, onRequest }: RequestFormProps) => {
  const id = useId()
  const [medium, setMedium] = useState<CallbackRequest['medium']>('phone')
  const [phone, setPhone] = useState('')
  const [reason, setReason] = useState('')
  const [checked, setChecked] = useState(false)
  const phoneInput = useRef<HTMLInputElement>(null)
  const reasonInput = useRef<HTMLTextAreaElement>(null)
  const phoneWrong = medium === 'phone' && !phonePattern.test(phone.trim())
  const reasonWrong = reason.trim() === ''

  const submit = (event: Event) => {
    event.preventDefault()
    setChecked(true)
    if (phoneWrong) phoneInput.current?.focus()
    else if (reasonWrong) reasonInput.current?.focus()
    else onRequest({ medium, reason: reason.trim(), ...(medium === 'phone' ? { phone: phone.trim() } : {}) })
  }
  return (
    <form class="form" data-color="accent" onSubmit={submit} noValidate>
      <fieldset class="ds-fieldset">
        <legend class="ds-label">{t('callbackHow')}</legend>
        {(['phone', 'room'] as const).map((value) => (
          <div key={value} class="ds-field">
            <input
              class="ds-input"
              type="radio"
              id={`${id}-${value}`}
              name={`${id}-medium`}
              checked={medium === value}
              onChange={() => setMedium(value)}
            />
            <label class="ds-label" data-weight="regular" for={`${id}-${value}`}>
              {t(value === 'phone' ? 'byPhone' : 'byRoom')}
            </label>
          </div>
        ))}
      </fieldset>
      {medium === 'phone' ? (
        <div class="ds-field">
          <label class="ds-label" for={`${id}-number`}>
            {t('phone')}
          </label>
          <input
            ref={phoneInput}
            class="ds-input"
            id={`${id}-number`}
            type="tel"
            autocomplete="tel"
            maxLength={25}
            required
            aria-invalid={checked && phoneWrong}
            aria-describedby={`${id}-number-error`}
            value={phone}
            onInput={(event) => setPhone(event.currentTarget.value)}
          />
          <p class="ds-validation-message" id={`${id}-number-error`} hidden={!checked || !phoneWrong}>
            {t('phoneInvalid')}
          </p>
        </div>
      ) : null}
      <div class="ds-field">
        <label class="ds-label" for={`${id}-reason`}>
          {t('reason')}
        </label>
        <p class="quiet" data-field="description" id={`${id}-hint`}>
          {t('reasonHint', { name: advisor })}
        </p>
        <textarea
          ref={reasonInput}
          class="ds-input"
          id={`${id}-reason`}
          rows={2}
          dir="auto"
          maxLength={500}
          required
          aria-invalid={checked && reasonWrong}
          aria-describedby={`${id}-hint ${id}-reason-error`}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
        <p class="ds-validation-message" id={`${id}-reason-error`} hidden={!checked || !reasonWrong}>
          {t('reasonMissing')}
        </p>
      </div>
      <button
        type="submit"
        class="ds-button"
        data-color="accent"
        data-variant="secondary"
        data-fullwidth
        disabled={busy}
      >
        {t(busy ? 'callbackSending' : 'callbackSend')}
      </button>
    </form>
  )
}
