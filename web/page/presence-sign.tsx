/** Whether somebody is there: in words, with a sign that differs in shape and not in colour only. */
import type { Visavis } from '../../client/index.ts'
import { type Key, t } from '../language/language.ts'
import { brief } from '../language/times.ts'
import { useChanges } from './use-changes.ts'

const words = { online: 'presenceOnline', away: 'presenceAway', offline: 'presenceOffline' } as const satisfies Record<
  string,
  Key
>

/** Nothing while it is not known. @param short the sign alone, with the words for those who do not see it. */
export const PresenceSign = ({
  visavis,
  person,
  short = false,
}: {
  visavis: Visavis
  person: string
  short?: boolean
}) => {
  useChanges((change) => visavis.presence.onChange(change), visavis)
  const presence = visavis.presence.of(person)
  if (presence === undefined) return null
  const { state, lastSeenAt } = presence
  const text =
    state === 'offline' && lastSeenAt !== undefined
      ? t('presenceLastSeen', { time: brief(lastSeenAt, visavis.now()) })
      : t(words[state])
  return (
    <span class="presence" data-state={state}>
      <span class="presence__sign" aria-hidden="true" title={short ? text : undefined} />
      <span class={short ? 'ds-sr-only' : undefined}>{text}</span>
    </span>
  )
}
