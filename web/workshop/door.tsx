/** The way into a workshop: for whoever takes part, under what name. */
import { useId, useState } from 'preact/hooks'
import type { Visavis, Workshop } from '../../client/index.ts'
import { useAct } from '../page/use-act.ts'
import type { WorkshopEntry } from './use-room.ts'
import { w } from './words.ts'

export interface DoorProps {
  readonly visavis: Visavis
  readonly workshop: Workshop
  readonly entry: WorkshopEntry
  readonly hosts: boolean
}

export const Door = ({ visavis, workshop, entry, hosts }: DoorProps) => {
  const id = useId()
  const { shownAs = '' } = workshop
  const [name, setName] = useState(shownAs)
  const act = useAct()
  const enter = async (event: Event) => {
    event.preventDefault()
    const chosen = name.trim()
    const renamed = !hosts && chosen !== '' && chosen !== shownAs
    if (renamed && !(await act.run(() => visavis.workshops.present(workshop.id, chosen)))) return
    entry.enter(workshop)
  }
  return (
    <form class="form workshop__door" data-color="accent" onSubmit={(event) => void enter(event)}>
      {hosts ? null : (
        <div class="ds-field">
          <label class="ds-label" for={id}>
            {w('nameLabel')}
          </label>
          <p class="quiet" data-field="description" id={`${id}-hint`}>
            {w('nameHint')} {w('comesMuted')}
          </p>
          <input
            class="ds-input"
            id={id}
            dir="auto"
            maxLength={40}
            autocomplete="off"
            aria-describedby={`${id}-hint`}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </div>
      )}
      {act.problem === undefined ? null : (
        <p class="problem" role="alert">
          {act.problem}
        </p>
      )}
      <button type="submit" class="ds-button" data-color="accent" disabled={entry.entering || act.busy}>
        {w(entry.entering ? 'entering' : hosts ? 'enterHost' : 'enter')}
      </button>
    </form>
  )
}
