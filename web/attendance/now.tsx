/** The appointment that is on in a room, for both: how much time there is, what comes next, and who is not there yet. */
import { useEffect } from 'preact/hooks'
import type { Party, Visavis } from '../../client/index.ts'
import { clock, wait } from '../language/times.ts'
import { announce } from '../page/announcer.tsx'
import { Notice } from '../page/notice.tsx'
import { useClock } from '../page/use-changes.ts'
import { type Names, nameOf } from './sentences.ts'
import { awaitedOf } from './steps.ts'
import { useCurrent } from './use-current.ts'
import { useRecord } from './use-record.ts'
import { a } from './words.ts'

export interface NowProps {
  readonly visavis: Visavis
  /** Of the jobseeker. */
  readonly room: string
  readonly self: Party
  readonly names: Names
  /** Whether one is in the room. */
  readonly isIn: boolean
}

export const Now = ({ visavis, room, self, names, isIn }: NowProps) => {
  const current = useCurrent(visavis, room)
  const appointment = current?.appointment
  const { record } = useRecord(visavis, appointment?.id)
  useClock(10_000, appointment !== undefined)
  const now = visavis.now()
  const isOver = isIn && appointment !== undefined && now > appointment.until
  // Whoever does not see it hears it, once.
  useEffect(() => {
    if (isOver) announce(`${left(appointment.until, now)} ${next(current?.nextAt, self, nameOf(names, 'advisor'))}`)
  }, [isOver])
  if (appointment === undefined) return null
  const { from, until } = appointment
  // After its end it is of interest only to those who still talk.
  if (now >= until && !isIn) return null
  const awaited = now < until ? awaitedOf(record?.entries ?? [], from) : []
  const other = self === 'jobseeker' ? 'advisor' : 'jobseeker'
  return (
    <section class="now" data-over={now > until} aria-labelledby="now-heading">
      <h2 class="ds-heading" data-size="2xs" id="now-heading">
        {a(now < from ? 'nowSoon' : 'nowOn')}
      </h2>
      <p>
        {a('nowPlanned', { from: clock(from), until: clock(until) })}{' '}
        {now < from ? isIn ? '' : a('nowOpen') : <strong>{left(until, now)}</strong>}
      </p>
      <p class="quiet">{next(current?.nextAt, self, nameOf(names, 'advisor'))}</p>
      {awaited.includes(self) && !isIn ? (
        <Notice>{a('nowAwaitedSelf', { until: clock(until) })}</Notice>
      ) : awaited.includes(other) ? (
        <Notice>{a('nowAwaitedOther', { who: nameOf(names, other) })}</Notice>
      ) : null}
    </section>
  )
}

const left = (until: number, now: number): string =>
  now <= until ? a('nowLeft', { wait: wait(until - now) }) : a('nowOver', { wait: wait(now - until) })

function next(at: number | undefined, self: Party, advisor: string): string {
  if (at === undefined) return a('nowNextNone')
  return a(self === 'advisor' ? 'nowNextAdvisor' : 'nowNextJobseeker', { time: clock(at), advisor })
}
