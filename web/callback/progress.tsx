/** How a request is getting on, in words and three steps. */
import type { Callback } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { clock, dayAndClock } from '../language/times.ts'

const step = { scheduled: 1, waiting: 1, offered: 2, active: 3, done: 3, unreachable: 3, cancelled: 0 } as const

function words(callback: Callback, advisor: string): { title: string; text: string } {
  const { state, medium, phone, changedAt, readyAt, attempts = [], holder } = callback
  const name = holder?.name ?? advisor
  if (state === 'scheduled')
    return { title: t('callbackScheduled'), text: t('callbackScheduledText', { time: dayAndClock(readyAt) }) }
  if (state === 'unreachable') {
    return { title: t('callbackUnreachable'), text: t('callbackUnreachableText', { count: attempts.length }) }
  }
  if (state === 'offered') return { title: t('callbackOffered', { name }), text: t('callbackOfferedText') }
  if (state === 'active') {
    const text = medium === 'phone' ? t('callbackActivePhone', { phone: phone ?? '' }) : t('callbackActiveRoom')
    return { title: t('callbackActive', { name }), text }
  }
  if (state === 'done')
    return { title: t('callbackDone'), text: t('callbackDoneText', { time: dayAndClock(changedAt) }) }
  return { title: t('callbackWaiting'), text: t('callbackWaitingText', { name }) }
}

export const Progress = ({ callback, advisor }: { callback: Callback; advisor: string }) => {
  const { title, text } = words(callback, advisor)
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
        {t('callbackAsked', { time: clock(callback.requestedAt) })} · <span dir="auto">{callback.reason}</span>
      </p>
    </div>
  )
}
