/** As soon as possible, or a day and an hour of those that can be served. */
import { useEffect, useId } from 'preact/hooks'
import type { CallbackOptions, Window } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { clocks, dayAhead, moment } from '../language/times.ts'
import { byDay, type Day, withOwn } from './windows.ts'

export interface WhenChoiceProps {
  readonly options: CallbackOptions | undefined
  /** The one asked for before. */
  readonly own?: Window | undefined
  /** Undefined: as soon as possible. */
  readonly chosen: Window | undefined
  readonly now: number
  readonly onChoose: (window: Window | undefined) => void
}

export const WhenChoice = ({ options, own, chosen, now, onChoose }: WhenChoiceProps) => {
  const id = useId()
  const days = byDay(withOwn(options?.windows ?? [], own, now))
  const [first] = days
  // Others may have taken it meanwhile: the first that is left takes its place.
  const lost = chosen !== undefined && !days.some(({ windows }) => windows.some(({ from }) => from === chosen.from))
  useEffect(() => {
    if (lost && options !== undefined) onChoose(first?.windows[0])
  }, [lost, options])
  const closed = options !== undefined && !options.open && options.opensAt !== undefined
  return (
    <fieldset class="ds-fieldset">
      <legend class="ds-label">{t('callbackWhen')}</legend>
      <div class={`ds-field ${closed ? 'choice' : ''}`}>
        <input
          class="ds-input"
          type="radio"
          id={`${id}-soon`}
          name={`${id}-when`}
          checked={chosen === undefined}
          aria-describedby={closed ? `${id}-closed` : undefined}
          onChange={() => onChoose(undefined)}
        />
        <label class="ds-label" data-weight="regular" for={`${id}-soon`}>
          {t('whenSoon')}
        </label>
        {closed ? (
          <p class="quiet" id={`${id}-closed`}>
            {t('whenClosed', { time: moment(options.opensAt ?? now, now) })}
          </p>
        ) : null}
      </div>
      {first === undefined ? (
        options === undefined ? null : (
          <p class="quiet">{t('windowNone')}</p>
        )
      ) : (
        <>
          <div class="ds-field">
            <input
              class="ds-input"
              type="radio"
              id={`${id}-window`}
              name={`${id}-when`}
              checked={chosen !== undefined}
              onChange={() => onChoose(first.windows[0])}
            />
            <label class="ds-label" data-weight="regular" for={`${id}-window`}>
              {t('whenWindow')}
            </label>
          </div>
          {chosen === undefined ? null : (
            <WindowSelects id={id} days={days} chosen={chosen} now={now} onChoose={onChoose} />
          )}
        </>
      )}
    </fieldset>
  )
}

interface WindowSelectsProps {
  readonly id: string
  readonly days: readonly Day[]
  readonly chosen: Window
  readonly now: number
  readonly onChoose: (window: Window | undefined) => void
}

const WindowSelects = ({ id, days, chosen, now, onChoose }: WindowSelectsProps) => {
  const day = days.find(({ windows }) => windows.some(({ from }) => from === chosen.from)) ?? days[0]
  if (day === undefined) return null
  return (
    <div class="window-choice">
      <div class="ds-field">
        <label class="ds-label" data-weight="regular" for={`${id}-day`}>
          {t('windowDay')}
        </label>
        <select
          class="ds-input"
          id={`${id}-day`}
          value={day.at}
          onChange={(event) => {
            const at = Number(event.currentTarget.value)
            onChoose(days.find((other) => other.at === at)?.windows[0])
          }}
        >
          {days.map(({ at }) => (
            <option key={at} value={at}>
              {dayAhead(at, now)}
            </option>
          ))}
        </select>
      </div>
      <div class="ds-field">
        <label class="ds-label" data-weight="regular" for={`${id}-hours`}>
          {t('windowHours')}
        </label>
        <select
          class="ds-input"
          id={`${id}-hours`}
          value={chosen.from}
          onChange={(event) => {
            const from = Number(event.currentTarget.value)
            onChoose(day.windows.find((window) => window.from === from))
          }}
        >
          {day.windows.map((window) => (
            <option key={window.from} value={window.from}>
              {clocks(window)}
            </option>
          ))}
        </select>
      </div>
    </div>
  )
}
