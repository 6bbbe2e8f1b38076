/** One who waits: since when, for what, for whom by now, and how urgent it is. */
import type { Callback } from '../../client/index.ts'
import { isSameDay, moment } from '../language/times.ts'
import { CameraIcon, MicrophoneIcon, PhoneIcon } from '../page/icons.tsx'
import { duration } from './duration.ts'
import { TicketAction } from './ticket-action.tsx'
import { s } from './words.ts'

export interface LineItemProps {
  readonly callback: Callback
  /** The name of whose line it is in. */
  readonly advisor: string
  readonly now: number
  readonly onRaise: () => void
  readonly onReassign: () => void
}

const mediums = {
  phone: { Icon: PhoneIcon, words: 'byPhone' },
  room: { Icon: CameraIcon, words: 'byRoom' },
  audio: { Icon: MicrophoneIcon, words: 'byAudio' },
} as const
const steps = { own: 'stepOwn', cover: 'stepCover', team: 'stepTeam', region: 'stepRegion' } as const
const priorities = ['priority0', 'priority1', 'priority2'] as const

export const LineItem = ({ callback, advisor, now, onRaise, onReassign }: LineItemProps) => {
  const {
    jobseekerName,
    reason,
    medium,
    priority,
    readyAt,
    step,
    attempts = [],
    missedOffers,
    windowMissed,
    declinedByAll,
  } = callback
  const { Icon, words } = mediums[medium]
  const level = priorities[priority]
  const more = [
    s('inLineOf', { name: advisor }),
    ...(step === undefined ? [] : [s(steps[step])]),
    ...(attempts.length > 0 ? [s('attempts', { count: attempts.length })] : []),
    ...(missedOffers > 0 ? [s('missed', { count: missedOffers })] : []),
    ...(windowMissed === true ? [s('windowMissed')] : []),
  ]
  return (
    <li class="ticket" data-priority={priority}>
      <div class="ticket__head">
        <span class="ticket__medium">
          <Icon />
          <span class="ds-sr-only">{s(words)}</span>
        </span>
        <h3 class="ticket__name">
          <bdi>{jobseekerName}</bdi>
        </h3>
        {priority === 0 || level === undefined ? null : (
          <span class="tag" data-tone={priority === 2 ? 'danger' : 'warning'}>
            <span class="ds-sr-only">{s('priority')} </span>
            {s(level)}
          </span>
        )}
        {declinedByAll ? (
          <span class="tag" data-tone="danger">
            {s('declinedByAll')}
          </span>
        ) : null}
      </div>
      <p class="strong">
        {isSameDay(readyAt, now)
          ? s('waitsFor', { time: duration(now - readyAt) })
          : s('waitsSince', { time: moment(readyAt, now) })}
      </p>
      <p class="ticket__reason" dir="auto">
        {reason}
      </p>
      <p class="quiet">{more.join(' · ')}</p>
      <div class="ticket__actions">
        <TicketAction words={s('raise')} name={jobseekerName} onClick={onRaise} />
        <TicketAction words={s('reassign')} name={jobseekerName} onClick={onReassign} />
      </div>
    </li>
  )
}
