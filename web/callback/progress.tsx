/** How a request is getting on, in words and three steps. Only the words are read out as they change. */
import type { Callback, CallbackStep } from '../../client/index.ts'
import { type Key, t } from '../language/language.ts'
import { dayAndClock, moment, span } from '../language/times.ts'
import { topicName } from './topic.ts'

const step = { scheduled: 1, waiting: 1, offered: 2, active: 3, done: 3, unreachable: 3, cancelled: 0 } as const

const calledBy = {
  own: 'callbackWaitingText',
  cover: 'callbackWaitingCover',
  team: 'callbackWaitingTeam',
  region: 'callbackWaitingRegion',
} as const satisfies Record<CallbackStep, Key>

interface Words {
  readonly title: string
  readonly text: string
}

function scheduled({ readyAt, window, attempts, needsNumber, phone }: Callback, now: number): Words {
  if (needsNumber) return { title: t('callbackNumber'), text: t('callbackNumberText', { phone: phone ?? '' }) }
  const title = t(attempts === undefined ? 'callbackScheduled' : 'callbackTriedAgain')
  if (window === undefined) return { title, text: t('callbackScheduledText', { time: moment(readyAt, now) }) }
  return { title, text: t('callbackScheduledWindow', { window: span(window, now) }) }
}

function active(name: string, { medium, phone }: Callback): Words {
  const title = t('callbackActive', { name })
  if (medium === 'phone') return { title, text: t('callbackActivePhone', { phone: phone ?? '' }) }
  return { title, text: t(medium === 'audio' ? 'callbackActiveAudio' : 'callbackActiveRoom') }
}

function words(callback: Callback, name: string, now: number): Words {
  const { state, changedAt, attempts = [], holder, followUp, windowMissed } = callback
  const holds = holder?.name ?? name
  if (state === 'scheduled') return scheduled(callback, now)
  if (state === 'unreachable')
    return { title: t('callbackUnreachable'), text: t('callbackUnreachableText', { count: attempts.length }) }
  if (state === 'offered') return { title: t('callbackOffered', { name: holds }), text: t('callbackOfferedText') }
  if (state === 'active') return active(holds, callback)
  if (state === 'done') {
    const ended = t('callbackDoneText', { time: dayAndClock(changedAt) })
    return { title: t('callbackDone'), text: followUp ? `${ended} ${t('callbackFollowUp')}` : ended }
  }
  const who = t(calledBy[callback.step ?? 'own'], { name })
  return { title: t('callbackWaiting'), text: windowMissed ? `${t('callbackWindowMissed')} ${who}` : who }
}

export interface ProgressProps {
  readonly callback: Callback
  /** In whose queue it is. */
  readonly name: string
  readonly now: number
}

export const Progress = ({ callback, name, now }: ProgressProps) => {
  const { title, text } = words(callback, name, now)
  return (
    <div class="progress" data-state={callback.state}>
      <div class="progress__steps" aria-hidden="true">
        {[1, 2, 3].map((number) => (
          <span key={number} class="progress__step" data-reached={number <= step[callback.state]} />
        ))}
      </div>
      <div role="status">
        <p class="strong">{title}</p>
        <p class="quiet">{text}</p>
      </div>
      <p class="progress__asked quiet">
        <span class="badge progress__topic">{topicName(callback.topic)}</span> <span dir="auto">{callback.reason}</span>
        <br />
        {t('callbackAsked', { time: moment(callback.requestedAt, now) })}
      </p>
    </div>
  )
}
