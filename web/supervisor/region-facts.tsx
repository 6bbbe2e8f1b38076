/** The settings of a region, to be read by supervisors of a team. */
import type { RegionSettings } from '../../client/supervision.ts'
import { languageName, topicName } from '../callback/topic.ts'
import { groups, writtenOf } from './settings-fields.ts'
import { type SupervisorKey, s } from './words.ts'

const Fact = ({ name, children }: { name: SupervisorKey; children: string }) => (
  <div class="fact">
    <dt>{s(name)}</dt>
    <dd>{children}</dd>
  </div>
)

export const RegionFacts = ({ settings }: { settings: RegionSettings }) => {
  const written = writtenOf(settings)
  return (
    <>
      <p class="quiet">{s('settingsReadOnly')}</p>
      <div class="settings__groups">
        {groups.map(({ title, fields }) => (
          <div key={title}>
            <h3 class="ds-heading" data-size="2xs">
              {s(title)}
            </h3>
            <dl class="facts">
              {fields.map(({ name, label, unit }) => (
                <Fact key={name} name={label}>
                  {unit === undefined ? written[name] : `${written[name]}\u00a0${s(unit)}`}
                </Fact>
              ))}
            </dl>
          </div>
        ))}
        <div>
          <h3 class="ds-heading" data-size="2xs">
            {s('groupWords')}
          </h3>
          <dl class="facts">
            <Fact name="topics">{settings.topics.map(topicName).join(', ')}</Fact>
            <Fact name="languages">{settings.languages.map(languageName).join(', ')}</Fact>
          </dl>
        </div>
      </div>
    </>
  )
}
