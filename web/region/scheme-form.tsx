/** Changing who can join a region: what is to be changed, then what it means, and that it is meant. */
import { useId, useState } from 'preact/hooks'
import type { RegionScheme, SchemeOverview, SchemeSettings } from '../../client/region-scheme.ts'
import { announce } from '../page/announcer.tsx'
import { Dialog } from '../page/dialog.tsx'
import { useAct } from '../page/use-act.ts'
import { Consequences } from './consequence-list.tsx'
import { changesOf } from './consequences.ts'
import { g } from './words.ts'

export interface SchemeFormProps {
  readonly scheme: RegionScheme
  readonly overview: SchemeOverview
  readonly now: () => number
  readonly onDone: () => void
}

type Written = Omit<SchemeSettings, 'target' | 'ceiling'> & { readonly target: string; readonly ceiling: string }

const statuses = ['closed', 'pilot', 'open'] as const
const most = 10_000

const isSize = (text: string): boolean => /^\d{1,5}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= most
const settingsOf = ({ target, ceiling, ...rest }: Written): SchemeSettings => ({
  ...rest,
  target: Number(target),
  ceiling: Number(ceiling),
})

/** What is wrong with what was written; undefined: nothing. */
function problemOf(before: SchemeSettings, written: Written): 'badSize' | 'badOrder' | 'nothing' | undefined {
  if (!isSize(written.target) || !isSize(written.ceiling)) return 'badSize'
  if (Number(written.target) > Number(written.ceiling)) return 'badOrder'
  return Object.keys(changesOf(before, settingsOf(written))).length === 0 ? 'nothing' : undefined
}

export const SchemeForm = ({ scheme, overview, now, onDone }: SchemeFormProps) => {
  const id = useId()
  const { settings: before, teams } = overview
  const [written, setWritten] = useState<Written>(() => ({
    ...before,
    target: String(before.target),
    ceiling: String(before.ceiling),
  }))
  const [problem, setProblem] = useState<ReturnType<typeof problemOf>>()
  const [sure, setSure] = useState(false)
  const act = useAct()
  const write = (change: Partial<Written>) => {
    setProblem(undefined)
    setWritten({ ...written, ...change })
  }
  const set = async () => {
    if (!(await act.run(() => scheme.set(changesOf(before, settingsOf(written)))))) return
    announce(g('done'))
    setSure(false)
    onDone()
  }
  /** Those that have no advisor any more can be taken out. */
  const choices = [...new Set([...teams, ...written.pilotTeams])]
  const box = (name: 'joinFirst' | 'checkRequired', label: 'joinFirstField' | 'checkRequiredField') => (
    <div class="ds-field">
      <input
        class="ds-input"
        type="checkbox"
        id={`${id}-${name}`}
        checked={written[name]}
        onChange={({ currentTarget: { checked } }) => write({ [name]: checked })}
      />
      <label class="ds-label" data-weight="regular" for={`${id}-${name}`}>
        {g(label)}
      </label>
    </div>
  )
  const size = (name: 'target' | 'ceiling', label: 'targetField' | 'ceilingField') => (
    <div class="ds-field amount">
      <label class="ds-label" data-weight="regular" for={`${id}-${name}`}>
        {g(label)}
      </label>
      <span class="amount__value">
        <input
          class="ds-input"
          id={`${id}-${name}`}
          inputMode="numeric"
          type="text"
          aria-invalid={problem === 'badOrder' || (problem === 'badSize' && !isSize(written[name]))}
          aria-describedby={`${id}-${name}-unit ${id}-problem`}
          value={written[name]}
          onInput={({ currentTarget: { value } }) => write({ [name]: value })}
        />
        <span class="quiet" id={`${id}-${name}-unit`}>
          {g('unit')}
        </span>
      </span>
    </div>
  )
  return (
    <>
      <form
        class="form settings__form"
        data-color="accent"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          const found = problemOf(before, written)
          setProblem(found)
          act.forget()
          if (found === undefined) return setSure(true)
          const form = event.currentTarget
          requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
        }}
      >
        <div class="settings__groups">
          <fieldset class="ds-fieldset">
            <legend class="ds-label">{g('status')}</legend>
            {statuses.map((status) => (
              <div key={status} class="ds-field">
                <input
                  class="ds-input"
                  type="radio"
                  name={`${id}-status`}
                  id={`${id}-${status}`}
                  checked={written.status === status}
                  aria-describedby={`${id}-${status}-hint`}
                  onChange={() => write({ status })}
                />
                <label class="ds-label" data-weight="regular" for={`${id}-${status}`}>
                  {g(`status${status}`)}{' '}
                  <span class="quiet" id={`${id}-${status}-hint`}>
                    {g(`status${status}Hint`)}
                  </span>
                </label>
              </div>
            ))}
          </fieldset>
          {written.status === 'pilot' ? (
            <fieldset class="ds-fieldset" aria-describedby={`${id}-teams`}>
              <legend class="ds-label">{g('pilotTeams')}</legend>
              {choices.map((team, n) => (
                <div key={team} class="ds-field">
                  <input
                    class="ds-input"
                    type="checkbox"
                    id={`${id}-team-${n}`}
                    checked={written.pilotTeams.includes(team)}
                    onChange={({ currentTarget: { checked } }) =>
                      write({
                        pilotTeams: choices.filter((one) =>
                          one === team ? checked : written.pilotTeams.includes(one),
                        ),
                      })
                    }
                  />
                  <label class="ds-label" data-weight="regular" for={`${id}-team-${n}`}>
                    {team}
                  </label>
                </div>
              ))}
              <p class="quiet" id={`${id}-teams`}>
                {g(choices.length === 0 ? 'noTeams' : 'pilotTeamsHint')}
              </p>
            </fieldset>
          ) : null}
          <fieldset class="ds-fieldset">
            <legend class="ds-label">{g('sizes')}</legend>
            {size('target', 'targetField')}
            {size('ceiling', 'ceilingField')}
          </fieldset>
          <fieldset class="ds-fieldset">
            <legend class="ds-label">{g('joining')}</legend>
            {box('joinFirst', 'joinFirstField')}
            {box('checkRequired', 'checkRequiredField')}
          </fieldset>
        </div>
        <p class="problem" id={`${id}-problem`} role="alert" hidden={problem === undefined}>
          {problem === undefined ? null : g(problem)}
        </p>
        <div class="settings__save">
          <button type="submit" class="ds-button" data-color="accent">
            {g('next')}
          </button>
        </div>
      </form>
      {sure ? (
        <Dialog title={g('sure')} onClose={() => setSure(false)}>
          <h3 class="ds-heading" data-size="2xs">
            {g('afterwards')}
          </h3>
          <Consequences settings={settingsOf(written)} overview={overview} now={now()} />
          <p class="quiet">{g('sureText')}</p>
          {act.problem === undefined ? null : (
            <p class="problem" role="alert">
              {act.problem}
            </p>
          )}
          <div class="dialog__actions">
            <button type="button" class="ds-button" data-variant="secondary" onClick={() => setSure(false)}>
              {g('back')}
            </button>
            <button type="button" class="ds-button" data-color="accent" disabled={act.busy} onClick={() => void set()}>
              {g('set')}
            </button>
          </div>
        </Dialog>
      ) : null}
    </>
  )
}
