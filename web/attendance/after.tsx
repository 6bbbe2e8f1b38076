/** After a talk: how it went, what happens next, the way to its record, and two questions for whoever likes to answer. */
import { useState } from 'preact/hooks'
import type { Visavis } from '../../client/index.ts'
import { clock, moment } from '../language/times.ts'
import { lazily } from '../page/lazily.tsx'
import type { Names } from './sentences.ts'
import { haveMet, summaryOf } from './steps.ts'
import { useRecord } from './use-record.ts'
import { a, length } from './words.ts'

const Opinion = lazily(async () => (await import('../scheme/opinion.tsx')).Opinion)
const RecordDialog = lazily(async () => (await import('./record-dialog.tsx')).RecordDialog)

export interface AfterProps {
  readonly visavis: Visavis
  readonly appointment: string
  readonly names: Names
  readonly onDone: () => void
}

/** Less is no talk (docs/attendance.md). */
const talkMs = 10_000

export const After = ({ visavis, appointment, names, onDone }: AfterProps) => {
  const { record: whole } = useRecord(visavis, appointment)
  const [open, setOpen] = useState(false)
  const [answered, setAnswered] = useState(false)
  if (whole === undefined) return null
  const { window, state, verdict, jobseeker } = whole.record
  const { togetherMs, drops, byService } = summaryOf(whole.entries)
  const now = visavis.now()
  const upcoming = visavis.appointments.ahead.find((one) => one.jobseeker === jobseeker && one.from > now)
  return (
    <>
      <section class="ds-card panel side after" data-color="neutral" aria-labelledby="after-heading">
        <h2 class="ds-heading" data-size="2xs" id="after-heading">
          {a('afterHeading')}
        </h2>
        <div role="status">
          <p>{togetherMs >= talkMs ? a('afterTalked', { length: length(togetherMs) }) : a('afterNot')}</p>
          {drops === 0 ? null : <p class="quiet">{a('afterDrops', { count: drops, service: byService })}</p>}
          <p class="quiet">
            {verdict === undefined
              ? a('afterVerdict', { time: clock(window.until) })
              : `${a(`verdict.${verdict}`)}. ${a(`state.${state}`)}`}
          </p>
          {upcoming === undefined ? null : <p>{a('afterNext', { time: moment(upcoming.from, now) })}</p>}
        </div>
        <button type="button" class="ds-button" data-color="accent" data-fullwidth onClick={() => setOpen(true)}>
          {a('open')}
        </button>
        <button type="button" class="text-button" onClick={onDone}>
          {a('afterDone')}
        </button>
        {open ? <RecordDialog {...{ visavis, appointment, names }} onClose={() => setOpen(false)} /> : null}
      </section>
      {answered || !haveMet(whole.entries) ? null : (
        <Opinion appointment={appointment} onDone={() => setAnswered(true)} />
      )}
    </>
  )
}
