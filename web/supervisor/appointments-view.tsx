/** The appointments of the team: to come, missed, contested, over. */
import { useMemo, useState } from 'preact/hooks'
import type { TeamAppointment } from '../../client/supervision.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { clock, moment } from '../language/times.ts'
import { lazily } from '../page/lazily.tsx'
import { Notice } from '../page/notice.tsx'
import { type Kind, kindOf, kinds } from './appointment-kinds.ts'
import { Cell } from './cells.tsx'
import type { Supervised } from './supervised.ts'
import { useLoaded } from './use-loaded.ts'
import { type SupervisorKey, s } from './words.ts'

const RecordDialog = lazily(async () => (await import('../attendance/record-dialog.tsx')).RecordDialog)

const periodMs = 14 * 24 * 60 * 60_000
const names: Readonly<Record<Kind, SupervisorKey>> = {
  ahead: 'apptsAhead',
  missed: 'apptsMissed',
  contested: 'apptsContested',
  over: 'apptsOver',
}
const verdicts: Readonly<Record<string, SupervisorKey>> = {
  attended: 'verdictattended',
  excused: 'verdictexcused',
  absent: 'verdictabsent',
  'technical-service': 'verdicttechnicalservice',
  'technical-user': 'verdicttechnicaluser',
  undetermined: 'verdictundetermined',
}

interface VerdictCellProps {
  readonly one: TeamAppointment
  /** As the row says it. */
  readonly time: string
  readonly onOpen: () => void
}

const VerdictCell = ({ one: { state, verdict = '', appointment }, time, onOpen }: VerdictCellProps) => {
  const name = verdicts[verdict]
  const doubt = state === 'contested' ? s('verdictContested') : state === 'proposed' ? s('verdictProposed') : undefined
  return (
    <Cell name={s('apptsVerdict')}>
      {name === undefined ? '–' : s(name)}
      {name === undefined || doubt === undefined ? null : <span class="quiet"> ({doubt})</span>}
      {state === undefined ? null : (
        <button
          type="button"
          class="text-button figures__act"
          aria-label={s('apptsRecordOf', { name: appointment.jobseekerName, time })}
          onClick={onOpen}
        >
          {s('apptsRecord')}
        </button>
      )}
    </Cell>
  )
}

export const AppointmentsView = ({ visavis, supervision }: Supervised) => {
  const now = useMemo(() => visavis.now(), [supervision])
  const loaded = useLoaded(() => supervision.appointments(now - periodMs, now + periodMs), supervision)
  const [shown, show] = useState<Kind>('ahead')
  const [read, setRead] = useState<TeamAppointment>()
  const { appointments = [], more = false } = loaded.value ?? {}
  const byKind = Map.groupBy(appointments, (one) => kindOf(one, now))
  const rows = byKind.get(shown) ?? []
  return (
    <section class="ds-card panel side" data-color="neutral" aria-labelledby="appts-heading">
      <h1 class="ds-heading" data-size="sm" id="appts-heading">
        {s('headingAppointments')}
      </h1>
      <p class="quiet">{s('apptsIntro')}</p>
      {loaded.error === undefined ? null : (
        <Notice color="danger">
          <p>{t(sentenceOf(loaded.error))}</p>
          <p class="notice__actions">
            <button type="button" class="text-button" onClick={loaded.again}>
              {s('again')}
            </button>
          </p>
        </Notice>
      )}
      <fieldset class="kinds">
        <legend class="ds-sr-only">{s('apptsShow')}</legend>
        {kinds.map((kind) => (
          <button
            key={kind}
            type="button"
            class="ds-button"
            data-size="sm"
            data-variant={kind === shown ? 'primary' : 'secondary'}
            data-color="neutral"
            aria-pressed={kind === shown}
            onClick={() => show(kind)}
          >
            {s(names[kind], { count: byKind.get(kind)?.length ?? 0 })}
          </button>
        ))}
      </fieldset>
      {loaded.value !== undefined && rows.length === 0 ? <p class="quiet">{s('apptsNone')}</p> : null}
      {rows.length === 0 ? null : (
        <table class="figures" aria-labelledby="appts-heading">
          <thead>
            <tr>
              <th scope="col">{s('apptsWhen')}</th>
              <th scope="col">{s('apptsWho')}</th>
              <th scope="col">{s('apptsAdvisor')}</th>
              <th scope="col">{s('apptsPlace')}</th>
              {shown === 'ahead' ? null : <th scope="col">{s('apptsVerdict')}</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => {
              const { id, from, until, jobseekerName, modality, clash } = one.appointment
              const time = `${moment(from, now)} – ${clock(until)}`
              return (
                <tr key={id}>
                  <th scope="row">{time}</th>
                  <Cell name={s('apptsWho')}>{jobseekerName}</Cell>
                  <Cell name={s('apptsAdvisor')}>{one.advisorName}</Cell>
                  <Cell name={s('apptsPlace')}>
                    {s(modality === 'webcam' ? 'apptsWebcam' : 'apptsAgency')}
                    {clash === true ? <span class="tag"> {s('apptsClash')}</span> : null}
                  </Cell>
                  {shown === 'ahead' ? null : <VerdictCell one={one} time={time} onOpen={() => setRead(one)} />}
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
      {more ? <p class="quiet">{s('apptsMore')}</p> : null}
      {read === undefined ? null : (
        <RecordDialog
          visavis={visavis}
          appointment={read.appointment.id}
          names={{ jobseeker: read.appointment.jobseekerName, advisor: read.advisorName }}
          onClose={() => {
            setRead(undefined)
            // It may have been confirmed.
            loaded.again()
          }}
        />
      )}
    </section>
  )
}
