/** Who waits, for the advisor: one click lets somebody in and begins the talk. */
import type { Visavis, Visit } from '../../client/index.ts'
import { wait } from '../language/times.ts'
import { useAct } from '../page/use-act.ts'
import { useClock } from '../page/use-changes.ts'
import type { RoomEntry } from '../room/use-room.ts'
import { r } from '../room/words.ts'

export interface ArrivalsProps {
  readonly visavis: Visavis
  readonly visits: readonly Visit[]
  readonly entry: RoomEntry
  readonly onSelect: (room: string) => void
}

/** How often that is told anew (ms), everywhere at once: two places of a page are not to differ. */
export const arrivalsEveryMs = 15_000

/** How they come to be here, and for how long they have waited; or that their connection is lost. */
export function stateOf({ role, here, arrivedAt }: Visit, now: number): string {
  const state = here ? r('lobbyWaits', { time: wait(now - arrivedAt) }) : r('lobbyAway')
  return role === 'guest' ? `${r('guest')}, ${state}` : state
}

export const Arrivals = ({ visavis, visits, entry, onSelect }: ArrivalsProps) => {
  const act = useAct()
  useClock(arrivalsEveryMs, visits.length > 0)
  const now = visavis.now()
  if (visits.length === 0) return null
  const admit = async (visit: Visit) => {
    if (!(await act.run(() => visavis.lobby.admit(visit)))) return
    if (entry.room?.id === visit.room) return
    onSelect(visit.room)
    entry.enter(visit.room)
  }
  return (
    <section class="ds-card panel side arrivals" data-color="neutral" aria-labelledby="arrivals-heading">
      <h2 class="ds-heading" data-size="2xs" id="arrivals-heading">
        {r('lobbyHeading')}
      </h2>
      {act.problem === undefined ? null : (
        <p class="problem" role="alert">
          {act.problem}
        </p>
      )}
      <ul class="arrivals__list">
        {visits.map((visit) => {
          const { room, person, name } = visit
          // One talk at a time: whoever belongs to another one waits until it is over.
          const later = entry.room !== undefined && entry.room.id !== room
          return (
            <li key={`${room} ${person}`} class="arrivals__visit">
              <p class="arrivals__who">
                <bdi class="strong">{name}</bdi> <span class="quiet">{stateOf(visit, now)}</span>
              </p>
              <button
                type="button"
                class="ds-button"
                data-color="accent"
                data-size="sm"
                disabled={later || act.busy || entry.entering}
                aria-label={later ? undefined : r('lobbyAdmitOf', { name })}
                onClick={() => void admit(visit)}
              >
                {r(later ? 'lobbyBusy' : 'lobbyAdmit')}
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
