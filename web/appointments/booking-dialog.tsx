/** Making an appointment in a free time, or moving one to another. */
import { useId, useRef, useState } from 'preact/hooks'
import { type Appointment, type Modality, type Visavis, VisavisError } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { type Key, language, t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { Dialog, FormActions } from '../page/dialog.tsx'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'
import { ReasonField } from './reason-field.tsx'
import { SlotChoice } from './slot-choice.tsx'
import { useSlots } from './use-slots.ts'
import { begins, minutes } from './when.ts'

export interface BookingDialogProps {
  readonly visavis: Visavis
  readonly title: string
  /** For an advisor: with whom. */
  readonly jobseeker?: string | undefined
  /** To be moved. */
  readonly moved?: Appointment | undefined
  readonly onKept?: ((appointment: Appointment) => void) | undefined
  readonly onClose: () => void
}

const isTaken = (error: unknown): boolean => error instanceof VisavisError && error.code === 'CONFLICT'
const wordsOf = (error: unknown): Key => (isTaken(error) ? 'apptTaken' : sentenceOf(error))

export const BookingDialog = ({ visavis, title, jobseeker, moved, onKept, onClose }: BookingDialogProps) => {
  const id = useId()
  const [lengthMs, setLengthMs] = useState<number | undefined>(moved && moved.until - moved.from)
  const found = useSlots(visavis, {
    ...(jobseeker === undefined ? {} : { jobseeker }),
    ...(moved === undefined ? {} : { instead: moved.id }),
    ...(lengthMs === undefined ? {} : { lengthMs }),
  })
  const [chosen, setChosen] = useState<number>()
  const [modality, setModality] = useState<Modality>(moved?.modality ?? 'webcam')
  const [subject, setSubject] = useState('')
  const [reason, setReason] = useState('')
  const [checked, setChecked] = useState(false)
  const reasonInput = useRef<HTMLTextAreaElement>(null)
  const act = useAct(wordsOf)
  const isThere = found.slots?.some(({ from }) => from === chosen) === true

  const save = async (from: number) => {
    const length = lengthMs === undefined ? {} : { lengthMs }
    if (moved !== undefined) {
      return visavis.appointments.move(moved.id, { from, modality, reason: reason.trim(), ...length })
    }
    const about = subject.trim() === '' ? {} : { subject: subject.trim() }
    return visavis.appointments.book({
      from,
      modality,
      ...length,
      ...about,
      ...(jobseeker === undefined ? {} : { jobseeker }),
    })
  }
  const submit = async (event: Event) => {
    event.preventDefault()
    setChecked(true)
    if (chosen === undefined || !isThere) return
    if (moved !== undefined && reason.trim() === '') {
      reasonInput.current?.focus()
      return
    }
    const done = await act.run(async () => {
      const saved = await save(chosen)
      onKept?.(saved)
      announce(t(moved === undefined ? 'apptBooked' : 'apptMoved', { time: begins(saved, visavis.now()) }))
    })
    if (done) onClose()
    else found.again()
  }
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="form" data-color="accent" onSubmit={(event) => void submit(event)} noValidate>
        <fieldset class="ds-fieldset">
          <legend class="ds-label">{t('apptWhere')}</legend>
          {(['webcam', 'agency'] as const).map((value) => (
            <div key={value} class="ds-field">
              <input
                class="ds-input"
                type="radio"
                id={`${id}-${value}`}
                name={`${id}-modality`}
                checked={modality === value}
                onChange={() => setModality(value)}
              />
              <label class="ds-label" data-weight="regular" for={`${id}-${value}`}>
                {t(value === 'webcam' ? 'apptWebcam' : 'apptAgency')}
                {value === 'agency' && found.about?.place !== undefined ? ` · ${found.about.place}` : ''}
              </label>
            </div>
          ))}
        </fieldset>
        {found.about !== undefined && found.about.lengthsMs.length > 1 ? (
          <div class="ds-field">
            <label class="ds-label" for={`${id}-length`}>
              {t('apptLength')}
            </label>
            <select
              class="ds-input"
              id={`${id}-length`}
              value={lengthMs ?? found.about.lengthsMs[0]}
              onChange={(event) => setLengthMs(Number(event.currentTarget.value))}
            >
              {found.about.lengthsMs.map((ms) => (
                <option key={ms} value={ms}>
                  {minutes(ms, language.value)}
                </option>
              ))}
            </select>
          </div>
        ) : null}
        {found.error === undefined ? null : <Notice color="danger">{t(sentenceOf(found.error))}</Notice>}
        {found.slots === undefined && found.error === undefined ? <p class="quiet">{t('loading')}</p> : null}
        {found.slots?.length === 0 ? (
          <p role="status">
            {t(found.about?.ownBooking === false && jobseeker === undefined ? 'apptNotChosen' : 'apptNoSlots')}
          </p>
        ) : null}
        {found.slots === undefined || found.slots.length === 0 ? null : (
          <SlotChoice
            slots={found.slots}
            chosen={isThere ? chosen : undefined}
            wrong={checked && !isThere}
            onChoose={setChosen}
          />
        )}
        {found.about === undefined || found.about.ownBooking === false ? null : (
          <button type="button" class="text-button appt__later" onClick={found.later}>
            {t('apptLater')}
          </button>
        )}
        {found.about === undefined || found.about.timeZone === zone ? null : (
          <p class="quiet">{t('apptZone', { zone })}</p>
        )}
        {moved === undefined ? (
          <div class="ds-field">
            <label class="ds-label" for={`${id}-subject`}>
              {t('apptSubject')}
            </label>
            <input
              class="ds-input"
              id={`${id}-subject`}
              dir="auto"
              maxLength={200}
              value={subject}
              onInput={(event) => setSubject(event.currentTarget.value)}
            />
          </div>
        ) : (
          <ReasonField input={reasonInput} value={reason} wrong={checked && reason.trim() === ''} onInput={setReason} />
        )}
        {act.problem === undefined ? null : (
          <p class="problem" role="alert">
            {act.problem}
          </p>
        )}
        <FormActions
          action={t(moved === undefined ? 'apptConfirm' : 'apptMoveDo')}
          disabled={act.busy}
          back={t('backward')}
          onClose={onClose}
        />
      </form>
    </Dialog>
  )
}
