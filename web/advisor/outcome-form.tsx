/** How a callback went. */
import { useId, useState } from 'preact/hooks'
import type { Outcome } from '../../client/index.ts'
import { type Key, t } from '../language/language.ts'

const dispositions: readonly { readonly value: Outcome['disposition']; readonly label: Key }[] = [
  { value: 'answered', label: 'dispositionAnswered' },
  { value: 'follow-up', label: 'dispositionFollowUp' },
  { value: 'no-answer', label: 'dispositionNoAnswer' },
  { value: 'wrong-number', label: 'dispositionWrongNumber' },
]

export const OutcomeForm = ({ busy, onComplete }: { busy: boolean; onComplete: (outcome: Outcome) => void }) => {
  const id = useId()
  const [disposition, setDisposition] = useState<Outcome['disposition']>('answered')
  const [note, setNote] = useState('')
  const submit = (event: Event) => {
    event.preventDefault()
    const written = note.trim()
    onComplete(written === '' ? { disposition } : { disposition, note: written })
  }
  return (
    <form class="form" data-color="accent" onSubmit={submit}>
      <fieldset class="ds-fieldset">
        <legend class="ds-label">{t('queueComplete')}</legend>
        {dispositions.map(({ value, label }) => (
          <div key={value} class="ds-field">
            <input
              class="ds-input"
              type="radio"
              id={`${id}-${value}`}
              name={`${id}-disposition`}
              checked={disposition === value}
              onChange={() => setDisposition(value)}
            />
            <label class="ds-label" data-weight="regular" for={`${id}-${value}`}>
              {t(label)}
            </label>
          </div>
        ))}
      </fieldset>
      <div class="ds-field">
        <label class="ds-label" for={`${id}-note`}>
          {t('queueNote')}
        </label>
        <textarea
          class="ds-input"
          id={`${id}-note`}
          rows={2}
          dir="auto"
          maxLength={2_000}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </div>
      <button type="submit" class="ds-button" data-color="accent" data-fullwidth disabled={busy}>
        {t('queueDone')}
      </button>
    </form>
  )
}
