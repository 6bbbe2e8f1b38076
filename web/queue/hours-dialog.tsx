/** When an advisor takes callbacks. */
import { useEffect, useId, useState } from 'preact/hooks'
import { type OwnHours, type Visavis, VisavisError } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { language, t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { Dialog, FormActions } from '../page/dialog.tsx'
import { CloseIcon, PlusIcon } from '../page/icons.tsx'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'
import {
  nextOpening,
  type Opening,
  readHours,
  usualWeek,
  type Week,
  type Weekday,
  weekdays,
  writeHours,
} from './week.ts'

const hoursSentenceOf = (error: unknown) =>
  error instanceof VisavisError && error.code === 'BAD_REQUEST' ? 'hoursWrong' : sentenceOf(error)

/** A Monday. */
const aMonday = Date.UTC(2024, 0, 1)
const dayMs = 24 * 60 * 60_000
const dayName = (day: Weekday): string =>
  new Intl.DateTimeFormat(language.value, { weekday: 'long', timeZone: 'UTC' }).format(
    aMonday + weekdays.indexOf(day) * dayMs,
  )

export const HoursDialog = ({ visavis, onClose }: { visavis: Visavis; onClose: () => void }) => {
  const { callbacks } = visavis
  const [own, setOwn] = useState<OwnHours>()
  const { problem, run } = useAct()
  useEffect(() => {
    void run(async () => setOwn(await callbacks.hours()))
  }, [callbacks])
  return (
    <Dialog title={t('hours')} onClose={onClose}>
      {problem === undefined ? null : <Notice color="danger">{problem}</Notice>}
      {own === undefined ? (
        problem === undefined ? (
          <p class="quiet">{t('loading')}</p>
        ) : null
      ) : (
        <Form visavis={visavis} own={own} onClose={onClose} />
      )}
    </Dialog>
  )
}

interface FormProps {
  readonly visavis: Visavis
  readonly own: OwnHours
  readonly onClose: () => void
}

const Form = ({ visavis, own, onClose }: FormProps) => {
  const id = useId()
  const [always, setAlways] = useState(own.hours === undefined)
  const [week, setWeek] = useState<Week>(own.hours === undefined ? usualWeek : readHours(own.hours))
  const [incomplete, setIncomplete] = useState(false)
  const { busy, problem, run } = useAct(hoursSentenceOf)
  const hours = writeHours(week)
  const save = async () => {
    setIncomplete(!always && hours === undefined)
    if (!always && hours === undefined) return
    if (!(await run(() => visavis.callbacks.setHours(always ? undefined : hours)))) return
    announce(t('saved'))
    onClose()
  }
  const said = incomplete && hours === undefined ? t('hoursWrong') : problem
  return (
    <form
      class="form"
      data-color="accent"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!busy) void save()
      }}
    >
      <p class="quiet">{t('hoursIntro')}</p>
      <fieldset class="ds-fieldset">
        <legend class="ds-sr-only">{t('hours')}</legend>
        {[true, false].map((value) => (
          <div key={String(value)} class="ds-field">
            <input
              class="ds-input"
              type="radio"
              id={`${id}-${value}`}
              name={`${id}-always`}
              checked={always === value}
              onChange={() => setAlways(value)}
            />
            <label class="ds-label" data-weight="regular" for={`${id}-${value}`}>
              {t(value ? 'hoursAlways' : 'hoursOwn')}
            </label>
          </div>
        ))}
      </fieldset>
      {always ? null : (
        <>
          <p class="quiet">{t('hoursZone', { zone: own.timeZone.replaceAll('_', ' ') })}</p>
          <ul class="week">
            {weekdays.map((day) => (
              <Day
                key={day}
                name={dayName(day)}
                openings={week[day]}
                onChange={(openings) => setWeek({ ...week, [day]: openings })}
              />
            ))}
          </ul>
          {weekdays.every((day) => week[day].length === 0) ? <Notice color="warning">{t('hoursNone')}</Notice> : null}
        </>
      )}
      {said === undefined ? null : <Notice color="danger">{said}</Notice>}
      <FormActions action={t('save')} disabled={busy} onClose={onClose} />
    </form>
  )
}

interface DayProps {
  readonly name: string
  readonly openings: readonly Opening[]
  readonly onChange: (openings: readonly Opening[]) => void
}

const Day = ({ name, openings, onChange }: DayProps) => (
  <li class="week__day">
    <span class="week__name">{name}</span>
    <div class="week__openings">
      {openings.length === 0 ? <span class="week__none">{t('hoursClosed')}</span> : null}
      {openings.map((opening, n) => (
        <div key={n} class="week__opening">
          {(['from', 'until'] as const).map((edge) => (
            <input
              key={edge}
              class="ds-input"
              type="time"
              aria-label={t(edge === 'from' ? 'hoursFrom' : 'hoursUntil', { day: name })}
              value={opening[edge]}
              onInput={(event) => onChange(openings.with(n, { ...opening, [edge]: event.currentTarget.value }))}
            />
          ))}
          <button
            type="button"
            class="ds-button tool"
            data-variant="tertiary"
            data-color="neutral"
            data-icon
            onClick={() => onChange(openings.toSpliced(n, 1))}
          >
            <CloseIcon />
            <span class="ds-sr-only">{t('hoursRemove', { day: name, from: opening.from })}</span>
          </button>
        </div>
      ))}
    </div>
    <button
      type="button"
      class="ds-button tool"
      data-variant="tertiary"
      data-color="accent"
      data-icon
      onClick={() => onChange([...openings, nextOpening(openings)])}
    >
      <PlusIcon />
      <span class="ds-sr-only">{t('hoursAdd', { day: name })}</span>
    </button>
  </li>
)
