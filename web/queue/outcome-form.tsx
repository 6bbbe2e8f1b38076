/** How a callback went: its disposition, or why the person was not reached; then they are called again. */
import { useId, useState } from 'preact/hooks'
import type { AttemptReport, Outcome, Window } from '../../client/index.ts'
import { type Key, t } from '../language/language.ts'
import { Notice } from '../page/notice.tsx'

type Miss = Exclude<AttemptReport['outcome'], 'reached'>

const dispositions: readonly { readonly value: Outcome['disposition']; readonly label: Key }[] = [
  { value: 'answered', label: 'dispositionAnswered' },
  { value: 'follow-up', label: 'dispositionFollowUp' },
  { value: 'referred', label: 'dispositionReferred' },
  { value: 'not-needed', label: 'dispositionNotNeeded' },
]
const misses: readonly { readonly value: Miss; readonly label: Key }[] = [
  { value: 'no-answer', label: 'dispositionNoAnswer' },
  { value: 'busy', label: 'dispositionBusy' },
  { value: 'wrong-number', label: 'dispositionWrongNumber' },
  { value: 'postponed', label: 'dispositionPostponed' },
]
/** How long a call is put off to, when no end is told. */
const usualWindowMs = 60 * 60_000

export interface OutcomeFormProps {
  readonly busy: boolean
  readonly problem: string | undefined
  readonly onComplete: (outcome: Outcome) => void
  readonly onAttempt: (attempt: AttemptReport) => void
}

export const OutcomeForm = ({ busy, problem, onComplete, onAttempt }: OutcomeFormProps) => {
  const id = useId()
  const [talked, setTalked] = useState(true)
  const [disposition, setDisposition] = useState<Outcome['disposition']>('answered')
  const [followUp, setFollowUp] = useState(false)
  const [miss, setMiss] = useState<Miss>('no-answer')
  const [later, setLater] = useState({ from: '', until: '' })
  const [note, setNote] = useState('')
  const submit = (event: Event) => {
    event.preventDefault()
    const noted = note.trim() === '' ? {} : { note: note.trim() }
    if (talked) return onComplete({ disposition, ...noted, ...(followUp ? { followUp } : {}) })
    const window = miss === 'postponed' ? windowOf(later) : undefined
    onAttempt({ outcome: miss, ...noted, ...(window === undefined ? {} : { window }) })
  }
  return (
    <form class="form outcome" data-color="accent" onSubmit={submit}>
      <div class="outcome__talked">
        <h4 class="outcome__title" id={`${id}-talked`}>
          {t('queueComplete')}
        </h4>
        <fieldset class="switch" aria-labelledby={`${id}-talked`}>
          {[true, false].map((value) => (
            <button
              key={String(value)}
              type="button"
              class="switch__choice"
              aria-pressed={talked === value}
              onClick={() => setTalked(value)}
            >
              {t(value ? 'outcomeTalked' : 'outcomeNot')}
            </button>
          ))}
        </fieldset>
      </div>
      {talked ? (
        <>
          <Radios name="outcomeTalked" choices={dispositions} chosen={disposition} onChoose={setDisposition} />
          <div class="ds-field">
            <input
              class="ds-input"
              type="checkbox"
              id={`${id}-follow-up`}
              checked={followUp}
              onChange={() => setFollowUp(!followUp)}
            />
            <label class="ds-label" data-weight="regular" for={`${id}-follow-up`}>
              {t('queueFollowUp')}
            </label>
          </div>
        </>
      ) : (
        <Radios name="outcomeNot" choices={misses} chosen={miss} onChoose={setMiss} />
      )}
      {!talked && miss === 'postponed' ? <Later id={id} value={later} onChange={setLater} /> : null}
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
      {problem === undefined ? null : <Notice color="danger">{problem}</Notice>}
      <button
        type="submit"
        class="ds-button"
        data-color="accent"
        data-variant="secondary"
        data-fullwidth
        disabled={busy}
      >
        {t(talked ? 'queueDone' : 'queueAttempt')}
      </button>
    </form>
  )
}

interface RadiosProps<Value extends string> {
  readonly name: Key
  readonly choices: readonly { readonly value: Value; readonly label: Key }[]
  readonly chosen: Value
  readonly onChoose: (value: Value) => void
}

const Radios = <Value extends string>({ name, choices, chosen, onChoose }: RadiosProps<Value>) => {
  const id = useId()
  return (
    <fieldset class="ds-fieldset">
      <legend class="ds-sr-only">{t(name)}</legend>
      {choices.map(({ value, label }) => (
        <div key={value} class="ds-field">
          <input
            class="ds-input"
            type="radio"
            id={`${id}-${value}`}
            name={id}
            checked={chosen === value}
            onChange={() => onChoose(value)}
          />
          <label class="ds-label" data-weight="regular" for={`${id}-${value}`}>
            {t(label)}
          </label>
        </div>
      ))}
    </fieldset>
  )
}

interface LaterValue {
  /** As its field has it: `2026-05-08T14:00`. */
  readonly from: string
  /** `15:00`, of the same day. */
  readonly until: string
}

interface LaterProps {
  readonly id: string
  readonly value: LaterValue
  readonly onChange: (value: LaterValue) => void
}

const Later = ({ id, value, onChange }: LaterProps) => (
  <div class="outcome__later">
    <div class="ds-field">
      <label class="ds-label" data-weight="regular" for={`${id}-from`}>
        {t('postponedFrom')}
      </label>
      <input
        class="ds-input"
        type="datetime-local"
        id={`${id}-from`}
        aria-describedby={`${id}-later`}
        value={value.from}
        onInput={(event) => onChange({ ...value, from: event.currentTarget.value })}
      />
    </div>
    <div class="ds-field">
      <label class="ds-label" data-weight="regular" for={`${id}-until`}>
        {t('postponedUntil')}
      </label>
      <input
        class="ds-input"
        type="time"
        id={`${id}-until`}
        value={value.until}
        onInput={(event) => onChange({ ...value, until: event.currentTarget.value })}
      />
    </div>
    <p class="quiet" id={`${id}-later`}>
      {t('postponedHint')}
    </p>
  </div>
)

function windowOf({ from, until }: LaterValue): Window | undefined {
  if (from === '') return undefined
  const begins = new Date(from).getTime()
  const ends = until === '' ? begins + usualWindowMs : new Date(`${from.slice(0, 10)}T${until}`).getTime()
  return { from: begins, until: ends }
}
