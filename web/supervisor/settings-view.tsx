/** Who can join the region, and how callbacks are answered: of a team, and of the region for whoever supervises all of it. */
import { useState } from 'preact/hooks'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { Notice } from '../page/notice.tsx'
import { useChanges } from '../page/use-changes.ts'
import { RegionSchemeView } from '../region/region-scheme.tsx'
import { g } from '../region/words.ts'
import { Select } from './fields.tsx'
import { RegionFacts } from './region-facts.tsx'
import { RegionForm } from './region-form.tsx'
import type { Supervised } from './supervised.ts'
import { TeamForm } from './team-form.tsx'
import { type Loaded, useLoaded } from './use-loaded.ts'
import { s } from './words.ts'

const Missing = ({ of }: { of: Loaded<unknown> }) =>
  of.error === undefined ? (
    <p class="quiet">{s('loading')}</p>
  ) : (
    <Notice color="danger">
      <p>{t(sentenceOf(of.error))}</p>
      <p class="notice__actions">
        <button type="button" class="text-button" onClick={of.again}>
          {s('again')}
        </button>
      </p>
    </Notice>
  )

export const SettingsView = ({ visavis, supervision, scheme }: Supervised) => {
  const { callbackBoard } = visavis
  useChanges((change) => callbackBoard.onChange(change), callbackBoard)
  const [chosen, choose] = useState('')
  const region = useLoaded(() => supervision.regionSettings(), supervision)
  const { board } = callbackBoard
  const teams = (board?.teams ?? []).map(({ team }) => team).filter((team) => team !== '')
  const own = board?.team ?? (teams.includes(chosen) ? chosen : teams[0])
  return (
    <div class="settings">
      <h1 class="ds-heading settings__title" data-size="sm">
        {s('headingSettings')}
      </h1>
      <section class="ds-card panel side" data-color="neutral" aria-labelledby="team-settings">
        <h2 class="ds-heading" data-size="2xs" id="team-settings">
          {own === undefined ? s('teams') : s('settingsOfTeam', { team: own })}
        </h2>
        {board === undefined ? <p class="quiet">{s('loading')}</p> : null}
        {board !== undefined && own === undefined ? <p class="quiet">{s('noTeams')}</p> : null}
        {board?.team === undefined && teams.length > 1 && own !== undefined ? (
          <Select label={s('team')} value={own} onInput={choose}>
            {teams.map((team) => (
              <option key={team} value={team}>
                {team}
              </option>
            ))}
          </Select>
        ) : null}
        {own === undefined ? null : <OneTeam key={own} supervision={supervision} team={own} />}
      </section>
      <section class="ds-card panel side" data-color="neutral" aria-labelledby="region-settings">
        <h2 class="ds-heading" data-size="2xs" id="region-settings">
          {s('settingsOfRegion')}
        </h2>
        {region.value === undefined || board === undefined ? <Missing of={region} /> : null}
        {region.value === undefined || board?.team === undefined ? null : <RegionFacts settings={region.value} />}
        {region.value === undefined || board === undefined || board.team !== undefined ? null : (
          <RegionForm settings={region.value} supervision={supervision} />
        )}
      </section>
      <section class="ds-card panel side settings__whole" data-color="neutral" aria-labelledby="region-scheme">
        <h2 class="ds-heading" data-size="2xs" id="region-scheme">
          {g('heading')}
        </h2>
        <RegionSchemeView scheme={scheme} now={() => visavis.now()} />
      </section>
    </div>
  )
}

const OneTeam = ({ supervision, team }: Pick<Supervised, 'supervision'> & { team: string }) => {
  const loaded = useLoaded(() => supervision.teamSettings(team), team)
  return loaded.value === undefined ? (
    <Missing of={loaded} />
  ) : (
    <TeamForm settings={loaded.value} team={team} supervision={supervision} />
  )
}
