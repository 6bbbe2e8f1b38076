/** How a callback went. */
import { useId, useState } from 'preact/hooks'
import type { AttemptReport, Outcome } from '../../client/index.ts'
import { type Key, t } from '../language/language.ts'

/** How it ended, or why it did not: then the person is called again. */
type Choice =
  | Extract<Outcome['disposition'], 'answered' | 'follow-up'>
  | Extract<AttemptReport['outcome'], 'no-answer' | 'wrong-number'>

const choices: readonly { readonly value: Choice; readonly label: Key }[] = [
  { value: 'answered', label: 'dispositionAnswered' },
  { value: 'follow-up', label: 'dispositionFollowUp' },
  { value: 'no-answer', label: 'dispositionNoAnswer' },
  { value: 'wrong-number', label: 'dispositionWrongNumber' },
]

export interface OutcomeFormProps {
  readonly busy: boolean
  readonly onComplete: (outcome: Outcome) => void
  readonly onAttempt: (attempt: AttemptReport) => void
}

export const OutcomeForm = ({ busy, onComplete, onAttempt }: OutcomeFormProps) => {
  const id = useId()
  const [disposition, setDisposition] = useState<Choice>('answered')
  const [note, setNote] = useState('')
  const submit = (event: Event) => {
    event.preventDefault()
    const written = note.trim()
    const noted = written === '' ? {} : { note: written }
    if (disposition === 'answered' || disposition === 'follow-up') onComplete({ disposition, ...noted })
    else onAttempt({ outcome: disposition, ...noted })
  }
  return (
    <form class="form" data-color="accent" onSubmit={submit}>
      <fieldset class="ds-fieldset">
        <legend class="ds-label">{t('queueComplete')}</legend>
        {choices.map(({ value, label }) => (
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
