/** Planning a workshop. */
import { useId, useRef, useState } from 'preact/hooks'
import type { Visavis } from '../../client/index.ts'
import { minutes } from '../appointments/when.ts'
import { language, t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { Dialog, FormActions } from '../page/dialog.tsx'
import { useAct } from '../page/use-act.ts'
import { useWhen, WhenFields } from './when-fields.tsx'
import { w } from './words.ts'

export interface PlanDialogProps {
  readonly visavis: Visavis
  readonly onClose: () => void
}

const minuteMs = 60_000
const lengths = [30, 45, 60, 90, 120].map((each) => each * minuteMs)
/** Spoken in the regions of the service, and by many who are new in them. */
const languages = ['fr', 'en', 'br', 'ar', 'es', 'pt', 'uk'] as const
/** The next half hour that is at least so far away. */
const soonMs = 60 * minuteMs
const halfHourMs = 30 * minuteMs

export const PlanDialog = ({ visavis, onClose }: PlanDialogProps) => {
  const id = useId()
  const { mostSeats } = visavis.workshops
  const soon = Math.ceil((visavis.now() + soonMs) / halfHourMs) * halfHourMs
  const [title, setTitle] = useState('')
  const [description, setDescription] = useState('')
  const [spoken, setSpoken] = useState<string>(language.value)
  const when = useWhen(soon)
  const [lengthMs, setLengthMs] = useState(60 * minuteMs)
  const [capacity, setCapacity] = useState(Math.min(20, mostSeats))
  const [open, setOpen] = useState(false)
  const [checked, setChecked] = useState(false)
  const titleInput = useRef<HTMLInputElement>(null)
  const act = useAct()
  const { from } = when
  const isWrong = title.trim() === '' || from === undefined || from <= visavis.now()
  const names = new Intl.DisplayNames(language.value, { type: 'language' })
  const submit = async (event: Event) => {
    event.preventDefault()
    setChecked(true)
    if (isWrong || from === undefined) {
      titleInput.current?.focus()
      return
    }
    const about = description.trim() === '' ? {} : { description: description.trim() }
    const draft = { title: title.trim(), ...about, language: spoken, from, lengthMs, capacity, open }
    if (!(await act.run(() => visavis.workshops.create(draft)))) return
    announce(w('planned'))
    onClose()
  }
  return (
    <Dialog title={w('plan')} onClose={onClose}>
      <form class="form" data-color="accent" onSubmit={(event) => void submit(event)} noValidate>
        <div class="ds-field">
          <label class="ds-label" for={`${id}-title`}>
            {w('title')}
          </label>
          <input
            ref={titleInput}
            class="ds-input"
            id={`${id}-title`}
            dir="auto"
            maxLength={120}
            required
            aria-invalid={checked && title.trim() === ''}
            value={title}
            onInput={(event) => setTitle(event.currentTarget.value)}
          />
        </div>
        <div class="ds-field">
          <label class="ds-label" for={`${id}-description`}>
            {w('description')}
          </label>
          <textarea
            class="ds-input"
            id={`${id}-description`}
            rows={2}
            dir="auto"
            maxLength={1_000}
            value={description}
            onInput={(event) => setDescription(event.currentTarget.value)}
          />
        </div>
        <div class="workshop__when">
          <WhenFields when={when} />
          <div class="ds-field">
            <label class="ds-label" for={`${id}-length`}>
              {w('length')}
            </label>
            <select
              class="ds-input"
              id={`${id}-length`}
              value={lengthMs}
              onChange={(event) => setLengthMs(Number(event.currentTarget.value))}
            >
              {lengths.map((ms) => (
                <option key={ms} value={ms}>
                  {minutes(ms, language.value)}
                </option>
              ))}
            </select>
          </div>
          <div class="ds-field">
            <label class="ds-label" for={`${id}-language`}>
              {w('language')}
            </label>
            <select
              class="ds-input"
              id={`${id}-language`}
              value={spoken}
              onChange={(event) => setSpoken(event.currentTarget.value)}
            >
              {languages.map((code) => (
                <option key={code} value={code}>
                  {names.of(code)}
                </option>
              ))}
            </select>
          </div>
          <div class="ds-field">
            <label class="ds-label" for={`${id}-capacity`}>
              {w('capacity')}
            </label>
            <input
              class="ds-input"
              id={`${id}-capacity`}
              type="number"
              min={1}
              max={mostSeats}
              aria-describedby={`${id}-most`}
              value={capacity}
              onInput={(event) => {
                const asked = Math.round(event.currentTarget.valueAsNumber)
                if (asked >= 1) setCapacity(Math.min(mostSeats, asked))
              }}
            />
            <p class="quiet" data-field="description" id={`${id}-most`}>
              {w('capacityHint', { most: mostSeats })}
            </p>
          </div>
        </div>
        <div class="ds-field">
          <input
            class="ds-input"
            type="checkbox"
            id={`${id}-open`}
            checked={open}
            onChange={(event) => setOpen(event.currentTarget.checked)}
          />
          <label class="ds-label" data-weight="regular" for={`${id}-open`}>
            {w('signingUp')}
          </label>
        </div>
        {(act.problem ?? (checked && isWrong)) ? (
          <p class="problem" role="alert">
            {act.problem ?? w('missing')}
          </p>
        ) : null}
        <FormActions action={w('planDo')} disabled={act.busy} back={t('backward')} onClose={onClose} />
      </form>
    </Dialog>
  )
}
