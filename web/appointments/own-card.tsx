/** The jobseeker's own appointments: those ahead, making one, and "rather in the agency" in one act. */
import { useState } from 'preact/hooks'
import type { Appointment, ChannelSummary, Visavis } from '../../client/index.ts'
import type { Names } from '../attendance/sentences.ts'
import { a } from '../attendance/words.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { CalendarIcon } from '../page/icons.tsx'
import { lazily } from '../page/lazily.tsx'
import { Notice } from '../page/notice.tsx'
import { pages } from '../page/place.ts'
import { useAct } from '../page/use-act.ts'
import { useChanges, useClock } from '../page/use-changes.ts'
import { r } from '../room/words.ts'
import { NextWorkshops } from '../workshop/next.tsx'
import { AppointmentItem } from './appointment-item.tsx'
import { useDialogs } from './use-dialogs.tsx'
import { begins } from './when.ts'

const AgencyDialog = lazily(async () => (await import('../scheme/agency-dialog.tsx')).AgencyDialog)
const PastDialog = lazily(async () => (await import('../attendance/record-list.tsx')).PastDialog)

export interface OwnCardProps {
  readonly visavis: Visavis
  readonly advisor: ChannelSummary['advisor']
  readonly names: Names
}

export const OwnCard = ({ visavis, advisor, names }: OwnCardProps) => {
  const { appointments } = visavis
  useChanges((change) => appointments.onChange(change), appointments)
  useClock(60_000)
  const [kept, setKept] = useState<Appointment>()
  const dialogs = useDialogs(visavis, { onKept: setKept })
  const [asking, setAsking] = useState(false)
  const [past, setPast] = useState(false)
  const [read, setRead] = useState<ReadonlySet<string>>(new Set())
  const act = useAct()
  const { ahead, loaded, error } = appointments
  const canTurn = ahead.some(({ modality }) => modality === 'webcam')
  const canUndo = ahead.some(({ turned }) => turned === true)
  const confirmRead = async (id: string) => {
    if (!(await act.run(() => appointments.confirmRead(id)))) return
    setRead((known) => new Set(known).add(id))
    announce(t('apptReadDone'))
  }
  return (
    <section class="ds-card panel side" data-color="neutral" aria-labelledby="appointments-heading">
      <div class="side__head">
        <CalendarIcon />
        <h2 class="ds-heading" data-size="2xs" id="appointments-heading">
          {t('apptHeading')}
        </h2>
      </div>
      {loaded || error === undefined ? null : <Notice color="danger">{t(sentenceOf(error))}</Notice>}
      {act.problem === undefined ? null : <Notice color="danger">{act.problem}</Notice>}
      {kept === undefined ? null : <Kept appointment={kept} now={visavis.now()} onClose={() => setKept(undefined)} />}
      {ahead.length === 0 ? (
        <p class="quiet">{t('apptNone')}</p>
      ) : (
        <ul class="appts">
          {ahead.map((appointment) => (
            <AppointmentItem
              key={appointment.id}
              appointment={appointment}
              now={visavis.now()}
              name={appointment.advisor === advisor?.id ? advisor.name : undefined}
              own
              onMove={() => dialogs.move(appointment)}
              onCancel={() => dialogs.cancel(appointment)}
            >
              {appointment.changedBy === visavis.session?.identity.person ? null : read.has(appointment.id) ? (
                <span class="quiet">{t('apptReadDone')}</span>
              ) : (
                <button
                  type="button"
                  class="text-button"
                  disabled={act.busy}
                  onClick={() => void confirmRead(appointment.id)}
                >
                  {t('apptRead')}
                </button>
              )}
            </AppointmentItem>
          ))}
        </ul>
      )}
      <button
        type="button"
        class="ds-button"
        data-color="accent"
        data-variant="secondary"
        data-fullwidth
        onClick={dialogs.book}
      >
        {t('apptBook')}
      </button>
      <button type="button" class="text-button" onClick={() => setPast(true)}>
        {a('past')}
      </button>
      <NextWorkshops visavis={visavis} />
      {canTurn ? (
        <button type="button" class="text-button" onClick={() => setAsking(true)}>
          {t('apptToAgency')}
        </button>
      ) : null}
      {canUndo ? (
        <button
          type="button"
          class="text-button"
          disabled={act.busy}
          onClick={() => void act.run(() => appointments.turn('webcam'))}
        >
          {t('apptToWebcam')}
        </button>
      ) : null}
      {asking ? <AgencyDialog onClose={() => setAsking(false)} /> : null}
      {past ? (
        <PastDialog
          visavis={visavis}
          // Of a former advisor the page knows no name.
          namesOf={(record) => (record.advisor === advisor?.id ? names : { ...names, advisor: undefined })}
          onClose={() => setPast(false)}
        />
      ) : null}
      {dialogs.shown}
    </section>
  )
}

interface KeptProps {
  readonly appointment: Appointment
  readonly now: number
  readonly onClose: () => void
}

/** What was just made; by webcam, the time to find out whether it will work is now. */
const Kept = ({ appointment, now, onClose }: KeptProps) => (
  <Notice color="success">
    <p>{t('apptKept', { time: begins(appointment, now) })}</p>
    {appointment.modality === 'webcam' ? <p>{t('apptCheckNow')}</p> : null}
    <p class="notice__actions">
      {appointment.modality === 'webcam' ? (
        <a class="ds-link notice__link" href={`${pages}check`}>
          {r('checkLink')}
        </a>
      ) : null}
      <button type="button" class="text-button" onClick={onClose}>
        {t('apptKeptClose')}
      </button>
    </p>
  </Notice>
)
