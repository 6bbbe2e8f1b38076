/** The settings of a region, to be changed by whoever supervises all of it. */
import { useId, useState } from 'preact/hooks'
import type { RegionSettings, Supervision } from '../../client/supervision.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { duration } from './duration.ts'
import { type AmountField, changesOf, groups, isAmount, type Written, writtenOf } from './settings-fields.ts'
import { s } from './words.ts'

export interface RegionFormProps {
  readonly settings: RegionSettings
  readonly supervision: Supervision
}

export const RegionForm = ({ settings, supervision }: RegionFormProps) => {
  const id = useId()
  const [before, setBefore] = useState<Written>(() => writtenOf(settings))
  const [written, setWritten] = useState(before)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const [saved, setSaved] = useState(false)
  const write = (change: Partial<Written>) => {
    setSaved(false)
    setWritten({ ...written, ...change })
  }
  const save = async () => {
    const changes = changesOf(before, written)
    setProblem(changes === undefined ? s('badSetting') : undefined)
    if (changes === undefined) return
    setBusy(true)
    try {
      const now = writtenOf(await supervision.setRegionSettings(changes))
      setBefore(now)
      setWritten(now)
      setSaved(true)
      announce(s('saved'))
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  const amount = (field: AmountField) => {
    const { name, label, unit, least, most } = field
    const place = `${id}-${name}`
    return (
      <div key={name} class="ds-field amount">
        <label class="ds-label" data-weight="regular" for={place}>
          {s(label)}
        </label>
        <span class="amount__value">
          <input
            class="ds-input"
            id={place}
            inputMode="numeric"
            min={least}
            max={most}
            type="number"
            step="any"
            aria-invalid={!isAmount(field, written[name])}
            aria-describedby={unit === undefined ? undefined : `${place}-unit`}
            value={written[name]}
            onInput={(event) => write({ [name]: event.currentTarget.value })}
          />
          <span class="quiet" id={`${place}-unit`}>
            {unit === undefined ? null : s(unit)}
          </span>
        </span>
      </div>
    )
  }
  return (
    <form
      class="form settings__form"
      data-color="accent"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <div class="settings__groups">
        {groups.map(({ title, fields }) => (
          <fieldset key={title} class="ds-fieldset">
            <legend class="ds-label">{s(title)}</legend>
            {fields.map(amount)}
          </fieldset>
        ))}
        <fieldset class="ds-fieldset">
          <legend class="ds-label">{s('groupWords')}</legend>
          {(['topics', 'languages'] as const).map((name) => (
            <div key={name} class="ds-field">
              <label class="ds-label" data-weight="regular" for={`${id}-${name}`}>
                {s(name)}
              </label>
              <textarea
                class="ds-input"
                id={`${id}-${name}`}
                rows={2}
                aria-describedby={`${id}-words`}
                value={written[name]}
                onInput={(event) => write({ [name]: event.currentTarget.value })}
              />
            </div>
          ))}
          <p class="quiet" id={`${id}-words`}>
            {s('wordsHint')}
          </p>
        </fieldset>
      </div>
      {problem === undefined ? null : (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <div class="settings__save">
        <button type="submit" class="ds-button" data-color="accent" disabled={busy}>
          {s('save')}
        </button>
        {saved ? <span class="quiet">{s('saved')}</span> : null}
      </div>
    </form>
  )
}

/** The one rule between settings is told by the server, with the least that would do. */
function problemOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'BAD_REQUEST') return t(sentenceOf(error))
  const { least } = ('details' in error ? error.details : {}) as { readonly least?: unknown }
  return typeof least === 'number' ? s('leastWait', { time: duration(least) }) : s('badSetting')
}
