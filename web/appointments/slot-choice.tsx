/** A day, then a time of it: as radio buttons, so that the arrows go through them. */
import { useId } from 'preact/hooks'
import type { Slots } from '../../client/index.ts'
import { locale, t } from '../language/language.ts'
import { clock } from '../language/times.ts'
import { dayName } from './when.ts'

export interface SlotChoiceProps {
  readonly slots: Slots['slots']
  readonly chosen: number | undefined
  readonly wrong: boolean
  readonly onChoose: (from: number | undefined) => void
}

/** By the days of this device, in order. */
const daysOf = (slots: Slots['slots']): Map<string, Slots['slots']> =>
  Map.groupBy(slots, ({ from }) => new Date(from).toDateString()) as Map<string, Slots['slots']>

export const SlotChoice = ({ slots, chosen, wrong, onChoose }: SlotChoiceProps) => {
  const id = useId()
  const days = daysOf(slots)
  const [first = ''] = days.keys()
  const day = chosen === undefined ? first : new Date(chosen).toDateString()
  const times = days.get(day) ?? []
  return (
    <>
      <div class="ds-field">
        <label class="ds-label" for={`${id}-day`}>
          {t('apptDay')}
        </label>
        <select
          class="ds-input"
          id={`${id}-day`}
          value={day}
          onChange={(event) => onChoose(days.get(event.currentTarget.value)?.[0]?.from)}
        >
          {[...days].map(([name, [slot]]) => (
            <option key={name} value={name}>
              {slot === undefined ? name : dayName(slot.from, locale())}
            </option>
          ))}
        </select>
      </div>
      <fieldset class="ds-fieldset" aria-describedby={`${id}-error`}>
        <legend class="ds-label">{t('apptTime')}</legend>
        <div class="times">
          {times.map(({ from }) => (
            <label key={from} class="times__one">
              <input
                type="radio"
                class="ds-sr-only"
                name={`${id}-time`}
                checked={from === chosen}
                onChange={() => onChoose(from)}
              />
              <span>{clock(from)}</span>
            </label>
          ))}
        </div>
        <p class="ds-validation-message" id={`${id}-error`} hidden={!wrong}>
          {t('apptTimeMissing')}
        </p>
      </fieldset>
    </>
  )
}
