/** What every callback of the queue is told by: how to talk, to whom, about what. */
import type { ComponentChildren } from 'preact'
import type { Callback } from '../../client/index.ts'
import { languageName, topicName } from '../callback/topic.ts'
import { type Key, language, t } from '../language/language.ts'
import { CameraIcon, MicrophoneIcon, PhoneIcon } from '../page/icons.tsx'

const media = {
  phone: { icon: <PhoneIcon />, label: 'byPhone' },
  audio: { icon: <MicrophoneIcon />, label: 'byAudio' },
  room: { icon: <CameraIcon />, label: 'byRoom' },
} as const satisfies Record<Callback['medium'], { readonly icon: ComponentChildren; readonly label: Key }>

export interface FactsProps {
  readonly callback: Callback
  /** Shows the conversation; undefined when it is not open to this advisor. */
  readonly onSelect: ((jobseeker: string) => void) | undefined
  /** In a word or two: waiting, in progress. */
  readonly sign: ComponentChildren
}

export const Facts = ({ callback, onSelect, sign }: FactsProps) => {
  const { medium, jobseeker, jobseekerName, topic, reason } = callback
  const { icon, label } = media[medium]
  return (
    <>
      <div class="ticket__head">
        <span class="ticket__medium">
          {icon}
          <span class="ds-sr-only">{t(label)}</span>
        </span>
        <h3 class="ticket__name">
          {onSelect === undefined ? (
            <bdi>{jobseekerName}</bdi>
          ) : (
            <button type="button" class="text-button" onClick={() => onSelect(jobseeker)}>
              <bdi>{jobseekerName}</bdi>
            </button>
          )}
        </h3>
        <span class="ticket__state" data-state={callback.state}>
          {sign}
        </span>
      </div>
      <p class="ticket__reason">
        <span class="badge ticket__topic">{topicName(topic)}</span>
        {callback.language === language.value ? null : (
          <span class="badge ticket__topic">{languageName(callback.language)}</span>
        )}{' '}
        <bdi>{reason}</bdi>
      </p>
    </>
  )
}
