/** Whether callbacks are answered at the moment, and until when. */
import { moment } from '../language/times.ts'
import { ClockIcon } from '../page/icons.tsx'
import { s } from './words.ts'

export interface Opening {
  readonly open: boolean
  readonly opensAt?: number
  readonly closesAt?: number
}

export const OpeningHours = ({ opening, now }: { opening: Opening; now: number }) => (
  <p class="opening" data-open={opening.open}>
    <ClockIcon />
    {textOf(opening, now)}
  </p>
)

function textOf({ open, opensAt, closesAt }: Opening, now: number): string {
  if (open) return closesAt === undefined ? s('openAlways') : s('openUntil', { time: moment(closesAt, now) })
  return opensAt === undefined ? s('closedAlways') : s('closedUntil', { time: moment(opensAt, now) })
}
