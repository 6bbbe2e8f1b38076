/** What the settings of a region mean for people, in plain words. */
import type { SchemeOverview, SchemeSettings } from '../../client/region-scheme.ts'
import { consequencesOf } from './consequences.ts'
import { asWords, g } from './words.ts'

export const Consequences = ({
  settings,
  overview,
  now,
}: {
  settings: SchemeSettings
  overview: SchemeOverview
  now: number
}) => (
  <ul class="consequences">
    {consequencesOf(settings, overview, now, asWords).map(({ key, values, stops = false }) => (
      <li key={key} data-stops={stops}>
        {stops ? <strong>{g(key, values)}</strong> : g(key, values)}
      </li>
    ))}
  </ul>
)
