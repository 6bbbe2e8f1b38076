/** One workshop of a list: when, what, with whom, and what one can do about it. */
import { useState } from 'preact/hooks'
import type { Visavis, Workshop } from '../../client/index.ts'
import { whole } from '../appointments/when.ts'
import { language } from '../language/language.ts'
import { moment } from '../language/times.ts'
import { announce } from '../page/announcer.tsx'
import { useAct } from '../page/use-act.ts'
import { Door } from './door.tsx'
import { InviteDialog, MoveDialog, PlacesDialog, StopDialog } from './host-dialogs.tsx'
import type { WorkshopEntry } from './use-room.ts'
import { w } from './words.ts'

export interface WorkshopItemProps {
  readonly visavis: Visavis
  readonly workshop: Workshop
  readonly entry: WorkshopEntry
  readonly hosts: boolean
}

/** So long after its end one may still come in (ms): as the service has it. */
const graceMs = 7_200_000
const hostLeadMs = 3_600_000

const nameOf = (code: string): string => new Intl.DisplayNames(language.value, { type: 'language' }).of(code) ?? code

function standingOf({ state, reason = '', place, taken, capacity, open, sequence }: Workshop, hosts: boolean): string {
  if (state === 'cancelled') return w('cancelled', { reason })
  if (state === 'ended') return w('ended')
  if (sequence > 0 && reason !== '') return w('moved', { reason })
  if (hosts) return w('places', { taken, capacity })
  if (place !== undefined) return w(place === 'invited' ? 'placedInvited' : 'placed')
  if (taken >= capacity) return w('full')
  return w(open ? 'open' : 'closed')
}

export const WorkshopItem = ({ visavis, workshop, entry, hosts }: WorkshopItemProps) => {
  const { workshops } = visavis
  const { id, title, description, advisorName, from, until, state, place, taken, capacity } = workshop
  const act = useAct()
  const [dialog, setDialog] = useState<'invite' | 'places' | 'move' | 'cancel'>()
  const now = visavis.now()
  const opensAt = from - (hosts ? Math.max(hostLeadMs, workshops.leadMs) : workshops.leadMs)
  const isOn = state === 'planned' && until + graceMs > now
  const isOpen = isOn && now >= opensAt
  const seated = hosts || place !== undefined
  const say = (work: () => Promise<unknown>, done: string) =>
    void act.run(work).then((worked) => {
      if (worked) announce(done)
    })
  const close = () => setDialog(undefined)
  return (
    <li class="appt workshop" id={id}>
      <h2 class="ds-heading" data-size="2xs">
        {title}
      </h2>
      <p class="appt__when">{whole(workshop, now)}</p>
      <p class="appt__what quiet">
        <bdi>{w('by', { name: advisorName })}</bdi>
        <span>· {nameOf(workshop.language)}</span>
      </p>
      {description === undefined ? null : <p class="appt__subject">{description}</p>}
      <p class={state === 'planned' ? 'quiet' : 'appt__warning'}>{standingOf(workshop, hosts)}</p>
      {act.problem === undefined ? null : (
        <p class="problem" role="alert">
          {act.problem}
        </p>
      )}
      {isOn && seated && !isOpen ? <p class="quiet">{w('doorsAt', { time: moment(opensAt, now) })}</p> : null}
      {isOpen && seated ? <Door {...{ visavis, workshop, entry, hosts }} /> : null}
      <div class="appt__actions">
        {isOn && !seated && taken < capacity ? (
          <button
            type="button"
            class="ds-button"
            data-color="accent"
            data-variant="secondary"
            disabled={act.busy}
            onClick={() => say(() => workshops.signUp(id), w('signedUp'))}
          >
            {w('signUp')}
          </button>
        ) : null}
        {isOn && !hosts && place !== undefined ? (
          <button
            type="button"
            class="text-button"
            disabled={act.busy}
            onClick={() => say(() => workshops.decline(id), w('declined'))}
          >
            {w('decline')}
          </button>
        ) : null}
        {isOn && hosts
          ? (['invite', 'places', 'move', 'cancel'] as const)
              .filter((each) => each !== 'move' || from > now)
              .map((each) => (
                <button key={each} type="button" class="text-button" onClick={() => setDialog(each)}>
                  {w(each === 'places' ? 'who' : each)}
                  <span class="ds-sr-only"> · {title}</span>
                </button>
              ))
          : null}
      </div>
      {dialog === 'invite' ? <InviteDialog {...{ visavis, workshop }} onClose={close} /> : null}
      {dialog === 'places' ? <PlacesDialog {...{ visavis, workshop }} onClose={close} /> : null}
      {dialog === 'move' ? <MoveDialog {...{ visavis, workshop }} onClose={close} /> : null}
      {dialog === 'cancel' ? <StopDialog {...{ visavis, workshop }} onClose={close} /> : null}
    </li>
  )
}
