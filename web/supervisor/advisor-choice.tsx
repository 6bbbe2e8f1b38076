/** To choose an advisor: by team where there are several, with where each stands. */
import type { AdvisorFigures } from '../../client/index.ts'
import type { KeptPerson } from '../../client/supervision.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { Notice } from '../page/notice.tsx'
import { deskWords } from './desk-words.ts'
import { Select } from './fields.tsx'
import type { Loaded } from './use-loaded.ts'
import { s } from './words.ts'

export interface AdvisorChoiceProps {
  readonly label: string
  readonly advisors: Loaded<readonly KeptPerson[]>
  /** Who is no choice. */
  readonly without?: string | undefined
  /** Shown beside the names. */
  readonly desks?: readonly AdvisorFigures[]
  readonly value: string
  readonly onChoose: (advisor: string) => void
}

export const AdvisorChoice = ({ label, advisors, without, desks = [], value, onChoose }: AdvisorChoiceProps) => {
  const choices = advisors.value?.filter(({ id }) => id !== without)
  const teams = new Map<string, KeptPerson[]>()
  for (const one of choices?.toSorted((a, b) => a.name.localeCompare(b.name, 'fr')) ?? [])
    teams.set(one.team ?? '', [...(teams.get(one.team ?? '') ?? []), one])
  const option = ({ id, name }: KeptPerson) => {
    const desk = desks.find(({ advisor }) => advisor === id)
    return (
      <option key={id} value={id}>
        {desk === undefined ? name : `${name} (${s(deskWords[desk.state])})`}
      </option>
    )
  }
  if (advisors.error !== undefined && choices === undefined) {
    return (
      <Notice color="danger">
        <p>{t(sentenceOf(advisors.error))}</p>
        <p class="notice__actions">
          <button type="button" class="text-button" onClick={advisors.again}>
            {s('again')}
          </button>
        </p>
      </Notice>
    )
  }
  if (choices?.length === 0) return <p class="quiet">{s('nobodyElse')}</p>
  return (
    <Select label={label} value={value} onInput={onChoose}>
      <option value="">{choices === undefined ? s('loading') : s('choose')}</option>
      {teams.size > 1
        ? [...teams].toSorted().map(([team, people]) => (
            <optgroup key={team} label={team === '' ? s('withoutTeam') : s('ofTeam', { team })}>
              {people.map(option)}
            </optgroup>
          ))
        : [...teams.values()].flat().map(option)}
    </Select>
  )
}
