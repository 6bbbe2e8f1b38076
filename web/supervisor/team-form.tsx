/** The settings of a team: how callbacks come to its advisors. */
import { useId, useState } from 'preact/hooks'
import type { Supervision, TeamSettings } from '../../client/supervision.ts'
import { announce } from '../page/announcer.tsx'
import { useAct } from '../page/use-act.ts'
import { s } from './words.ts'

export interface TeamFormProps {
  readonly settings: TeamSettings
  readonly team: string
  readonly supervision: Supervision
}

const modes = [
  { value: 'auto', words: 'modeAuto' },
  { value: 'pick', words: 'modePick' },
] as const
const minuteMs = 60_000
/** As the server has them. */
const most = { limit: 10, minutes: 60 }

export const TeamForm = ({ settings, team, supervision }: TeamFormProps) => {
  const id = useId()
  const [mode, setMode] = useState(settings.mode)
  const [limit, setLimit] = useState(String(settings.limit))
  const [wrapUp, setWrapUp] = useState(String(settings.wrapUpMs / minuteMs))
  const [wrong, setWrong] = useState(false)
  const [saved, setSaved] = useState(false)
  const { busy, problem, run } = useAct()
  const changed = () => {
    setSaved(false)
    setWrong(false)
  }
  const isLimit = limit.trim() !== '' && Number.isInteger(Number(limit)) && +limit >= 1 && +limit <= most.limit
  const isWrapUp = wrapUp.trim() !== '' && +wrapUp >= 0 && +wrapUp <= most.minutes
  const save = async () => {
    setWrong(!isLimit || !isWrapUp)
    if (!isLimit || !isWrapUp) return
    const wanted = { mode, limit: Number(limit), wrapUpMs: Math.round(Number(wrapUp) * minuteMs) }
    if (!(await run(() => supervision.setTeamSettings(team, wanted)))) return
    setSaved(true)
    announce(s('saved'))
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
      <fieldset class="ds-fieldset">
        <legend class="ds-label">{s('mode')}</legend>
        {modes.map(({ value, words }) => (
          <div key={value} class="ds-field">
            <input
              class="ds-input"
              type="radio"
              id={`${id}-${value}`}
              name={`${id}-mode`}
              checked={mode === value}
              onChange={() => {
                changed()
                setMode(value)
              }}
            />
            <label class="ds-label" data-weight="regular" for={`${id}-${value}`}>
              {s(words)}
            </label>
          </div>
        ))}
      </fieldset>
      <div class="ds-field amount">
        <label class="ds-label" data-weight="regular" for={`${id}-limit`}>
          {s('limit')}
        </label>
        <span class="amount__value">
          <input
            class="ds-input"
            id={`${id}-limit`}
            type="number"
            min={1}
            max={most.limit}
            aria-invalid={!isLimit}
            value={limit}
            onInput={(event) => {
              changed()
              setLimit(event.currentTarget.value)
            }}
          />
          <span class="quiet" />
        </span>
      </div>
      <div class="ds-field amount">
        <label class="ds-label" data-weight="regular" for={`${id}-wrap-up`}>
          {s('wrapUp')}
        </label>
        <span class="amount__value">
          <input
            class="ds-input"
            id={`${id}-wrap-up`}
            type="number"
            step="any"
            min={0}
            max={most.minutes}
            aria-invalid={!isWrapUp}
            aria-describedby={`${id}-wrap-up-unit`}
            value={wrapUp}
            onInput={(event) => {
              changed()
              setWrapUp(event.currentTarget.value)
            }}
          />
          <span class="quiet" id={`${id}-wrap-up-unit`}>
            {s('unitMinutes')}
          </span>
        </span>
      </div>
      {wrong || problem !== undefined ? (
        <p class="problem" role="alert">
          {problem ?? s('badSetting')}
        </p>
      ) : null}
      <div class="settings__save">
        <button type="submit" class="ds-button" data-color="accent" disabled={busy}>
          {s('save')}
        </button>
        {saved ? <span class="quiet">{s('saved')}</span> : null}
      </div>
    </form>
  )
}
