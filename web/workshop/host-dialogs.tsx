/** What its advisor does with a workshop that is planned: invite, see who takes part, move it, call it off. */
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { Visavis, Workshop, WorkshopPlace } from '../../client/index.ts'
import { ReasonField } from '../appointments/reason-field.tsx'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { Dialog, FormActions } from '../page/dialog.tsx'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'
import { useChanges } from '../page/use-changes.ts'
import { useWhen, WhenFields } from './when-fields.tsx'
import { w } from './words.ts'

export interface HostDialogProps {
  readonly visavis: Visavis
  readonly workshop: Workshop
  readonly onClose: () => void
}

const Problem = ({ text }: { text: string | undefined }) =>
  text === undefined ? null : (
    <p class="problem" role="alert">
      {text}
    </p>
  )

/** Who has a place, asked for again when the workshop changes. */
export function usePlaces(visavis: Visavis, workshop: Workshop) {
  const [places, setPlaces] = useState<readonly WorkshopPlace[]>()
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    const load = () => visavis.workshops.places(workshop.id).then(setPlaces, setError)
    void load()
    return visavis.on('workshop.changed', ({ workshop: { id } }) => {
      if (id === workshop.id) void load()
    })
  }, [visavis, workshop.id])
  return { places: places?.filter(({ removed }) => !removed), error }
}

export const InviteDialog = ({ visavis, workshop, onClose }: HostDialogProps) => {
  const id = useId()
  const { places } = usePlaces(visavis, workshop)
  useChanges((change) => visavis.chat.onChange(change), visavis)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const act = useAct()
  const seated = new Set(places?.map(({ person }) => person))
  const others = visavis.chat.channels.filter(({ channel }) => !seated.has(channel))
  const toggle = (person: string) =>
    setChosen((known) => new Set(known.has(person) ? [...known].filter((one) => one !== person) : [...known, person]))
  const submit = async (event: Event) => {
    event.preventDefault()
    if (chosen.size === 0 || !(await act.run(() => visavis.workshops.invite(workshop.id, [...chosen])))) return
    announce(w('invited'))
    onClose()
  }
  return (
    <Dialog title={w('inviteHeading')} onClose={onClose}>
      <form class="form" data-color="accent" onSubmit={(event) => void submit(event)}>
        <fieldset class="ds-fieldset">
          <legend class="ds-label">{w('inviteHint')}</legend>
          {others.length === 0 ? <p class="quiet">{w('inviteNobody')}</p> : null}
          {others.map(({ channel, jobseeker }) => (
            <div key={channel} class="ds-field">
              <input
                class="ds-input"
                type="checkbox"
                id={`${id}-${channel}`}
                checked={chosen.has(channel)}
                onChange={() => toggle(channel)}
              />
              <label class="ds-label" data-weight="regular" for={`${id}-${channel}`}>
                <bdi>{jobseeker.name}</bdi>
              </label>
            </div>
          ))}
        </fieldset>
        <Problem text={act.problem} />
        <FormActions action={w('inviteDo')} disabled={act.busy || chosen.size === 0} onClose={onClose} />
      </form>
    </Dialog>
  )
}

export interface PlacesDialogProps extends HostDialogProps {
  /** Seats of those who are in the room. */
  readonly here?: ReadonlySet<string>
}

export const PlacesDialog = ({ visavis, workshop, here, onClose }: PlacesDialogProps) => {
  const { places, error } = usePlaces(visavis, workshop)
  const act = useAct()
  const remove = async ({ seat, name }: WorkshopPlace) => {
    if (await act.run(() => visavis.workshops.remove(workshop.id, seat))) announce(w('removed', { name }))
  }
  return (
    <Dialog title={w('whoHeading')} onClose={onClose}>
      {error === undefined ? null : <Notice color="danger">{t(sentenceOf(error))}</Notice>}
      {places === undefined && error === undefined ? <p class="quiet">{t('loading')}</p> : null}
      {places?.length === 0 ? <p class="quiet">{w('whoNobody')}</p> : null}
      <Problem text={act.problem} />
      <ul class="day__list workshop__places">
        {places?.map((place) => (
          <li key={place.seat}>
            <span>
              <bdi>{place.name}</bdi>
              {place.shownAs === place.name ? null : (
                <span class="quiet">
                  {' '}
                  (<bdi>{place.shownAs}</bdi>)
                </span>
              )}
              {here?.has(place.seat) === true ? <span class="quiet"> · {w('here')}</span> : null}
            </span>
            <button type="button" class="text-button" disabled={act.busy} onClick={() => void remove(place)}>
              {w('remove', { name: place.name })}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

export const MoveDialog = ({ visavis, workshop, onClose }: HostDialogProps) => {
  const when = useWhen(workshop.from)
  const [reason, setReason] = useState('')
  const [checked, setChecked] = useState(false)
  const input = useRef<HTMLTextAreaElement>(null)
  const act = useAct()
  const { from } = when
  const late = from === undefined || from <= visavis.now()
  const submit = async (event: Event) => {
    event.preventDefault()
    setChecked(true)
    if (reason.trim() === '') input.current?.focus()
    if (reason.trim() === '' || from === undefined || late) return
    if (await act.run(() => visavis.workshops.move(workshop.id, { from, reason: reason.trim() }))) onClose()
  }
  return (
    <Dialog title={w('move')} onClose={onClose}>
      <form class="form" data-color="accent" onSubmit={(event) => void submit(event)} noValidate>
        <div class="workshop__when">
          <WhenFields when={when} />
        </div>
        <Problem text={checked && late ? w('missing') : undefined} />
        <ReasonField {...{ input, value: reason }} wrong={checked && reason.trim() === ''} onInput={setReason} />
        <Problem text={act.problem} />
        <FormActions action={w('moveDo')} disabled={act.busy} back={t('backward')} onClose={onClose} />
      </form>
    </Dialog>
  )
}

export const StopDialog = ({ visavis, workshop, onClose }: HostDialogProps) => {
  const [reason, setReason] = useState('')
  const [checked, setChecked] = useState(false)
  const input = useRef<HTMLTextAreaElement>(null)
  const act = useAct()
  const submit = async (event: Event) => {
    event.preventDefault()
    setChecked(true)
    if (reason.trim() === '') {
      input.current?.focus()
      return
    }
    if (await act.run(() => visavis.workshops.cancel(workshop.id, reason.trim()))) onClose()
  }
  return (
    <Dialog title={w('cancel')} onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)} noValidate>
        <ReasonField {...{ input, value: reason }} wrong={checked && reason.trim() === ''} onInput={setReason} />
        <Problem text={act.problem} />
        <FormActions action={w('cancelDo')} color="danger" disabled={act.busy} back={t('backward')} onClose={onClose} />
      </form>
    </Dialog>
  )
}
